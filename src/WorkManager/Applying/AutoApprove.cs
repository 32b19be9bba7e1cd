using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Applying;

/// <summary>Approves a submitted order whose type says so. If that fails, the order stays submitted, and a person can approve it.</summary>
internal sealed class AutoApprove(
    OperationRunner runner, WorkScopes scopes, OrderTypeRegistry types, ApproveOrder approve, ILogger<AutoApprove>? log = null)
    : ICommitSubscriber
{
    private static readonly Actor Approver = Actor.System("auto-approve");

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public async Task<IReadOnlyList<CommittedFact>> OnCommittedAsync(CommittedFact fact, WorkSession session, CancellationToken cancellationToken) =>
        fact is OrderSubmitted submitted ? await ApproveAsync(submitted, session, cancellationToken).ConfigureAwait(false) : [];

    private async Task<IReadOnlyList<CommittedFact>> ApproveAsync(OrderSubmitted submitted, WorkSession submitter, CancellationToken cancellationToken)
    {
        try
        {
            if (!await IsAutomaticAsync(submitter.Services, submitted.OrderType).ConfigureAwait(false))
            {
                return [];
            }

            // In the scope of the submit, and with its context: so it is the same database.
            var session = submitter with { Actor = Approver, Tenant = TenantScope.Of(submitted.TenantId) };
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

    private async Task<bool> IsAutomaticAsync(IServiceProvider? caller, string typeKey)
    {
        var scope = await scopes.CreateForAsync(caller).ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            return ((OrderType)scope.ServiceProvider.GetRequiredService(types.Get(typeKey).ClrType)).AutoApprove;
        }
    }
}
