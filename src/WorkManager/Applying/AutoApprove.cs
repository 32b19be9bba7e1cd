using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Applying;

/// <summary>Approves a submitted order whose type says so. If that fails, the order stays submitted, and a person can approve it.</summary>
internal sealed class AutoApprove(
    OperationRunner runner, IServiceScopeFactory scopes, OrderTypeRegistry types, ApproveOrder approve, ILogger<AutoApprove>? log = null)
    : ICommitSubscriber
{
    private static readonly Actor Approver = Actor.System("auto-approve");

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public async Task<IReadOnlyList<CommittedFact>> OnCommittedAsync(CommittedFact fact, CancellationToken cancellationToken) =>
        fact is OrderSubmitted submitted ? await ApproveAsync(submitted, cancellationToken).ConfigureAwait(false) : [];

    private async Task<IReadOnlyList<CommittedFact>> ApproveAsync(OrderSubmitted submitted, CancellationToken cancellationToken)
    {
        try
        {
            if (!await IsAutomaticAsync(submitted.OrderType).ConfigureAwait(false))
            {
                return [];
            }

            var session = new WorkSession(null, null, Approver, TenantScope.Of(submitted.TenantId));
            var request = new ApproveRequest(submitted.OrderId, null, "auto_approve");
            return (await runner.RunAsync(approve, session, request, cancellationToken).ConfigureAwait(false)).Facts;
        }
        catch (OrderNotReadyException notReady)
        {
            log.AutoApprovalWaits(submitted.OrderId, notReady.Message);
        }
#pragma warning disable CA1031 // The submit that led here is committed, and must be answered as such.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.AutoApprovalFailed(failure, submitted.OrderId);
        }

        return [];
    }

    private async Task<bool> IsAutomaticAsync(string typeKey)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return ((OrderType)scope.ServiceProvider.GetRequiredService(types.Get(typeKey).ClrType)).AutoApprove;
        }
    }
}
