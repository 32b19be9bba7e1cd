using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;
using WorkManager.Orders;

namespace WorkManager.Operating;

/// <summary>Looks after orders that wait for others, as soon as one of the two is committed. What this misses is done by the duty.</summary>
internal sealed class DependentOrders(OperationRunner runner, SettleDependencies settle, ILogger<DependentOrders>? log = null) : ICommitSubscriber
{
    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public async Task<IReadOnlyList<CommittedFact>> OnCommittedAsync(CommittedFact fact, WorkSession session, CancellationToken cancellationToken)
    {
        var (tenant, request) = fact switch
        {
            OrdersWait waits => (waits.TenantId, new SettleRequest(OrderIds: waits.OrderIds)),
            OrderClosed closed => (closed.TenantId, new SettleRequest(DependsOnId: closed.OrderId)),
            _ => (null, null),
        };
        if (request is null)
        {
            return [];
        }

        try
        {
            await runner.RunAsync(settle, session with { Tenant = TenantScope.Of(tenant!) }, request, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Who closed or proposed the order has done its own work, and must be answered so.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.DependenciesNotSettled(failure, request.DependsOnId ?? request.OrderIds!.First());
        }

        return [];
    }
}
