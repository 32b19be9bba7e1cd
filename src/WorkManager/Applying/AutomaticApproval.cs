using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Applying;

/// <summary>
/// Approves one submitted order without a person, if its type says so, or applies one that was approved. If that fails, the order stays as it is, and is tried
/// again later.
/// </summary>
internal sealed class AutomaticApproval(
    OperationRunner runner, WorkScopes scopes, OrderTypeRegistry types, ApproveOrder approve, ILogger<AutomaticApproval>? log = null)
{
    private static readonly Actor Approver = Actor.System("auto-approve");

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    /// <summary>Whether the type of an order says that it is approved without a person. Never throws: what fails is logged.</summary>
    /// <returns>False also if nobody can say here: the process does not know the type, or the type fails when it is asked.</returns>
    public async Task<bool> IsAutomaticAsync(IServiceProvider? caller, Guid orderId, string typeKey)
    {
        if (types.Find(typeKey) is not { } descriptor)
        {
            return false;
        }

        try
        {
            var scope = await scopes.CreateForAsync(caller).ConfigureAwait(false);
            await using (scope.ConfigureAwait(false))
            {
                return ((OrderType)scope.ServiceProvider.GetRequiredService(descriptor.ClrType)).AutoApprove;
            }
        }
#pragma warning disable CA1031 // Who asked for it has done its own work, and must be answered so.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.AutoApprovalFailed(failure, orderId);
            return false;
        }
    }

    /// <summary>Approves an order. Never throws: what fails is logged, and recorded on the order.</summary>
    /// <param name="caller">Who asked for it.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="tenantId">The tenant of the order.</param>
    /// <param name="takenUntil">When the order is due for the try after this one, if it was taken for it.</param>
    /// <returns>What the approval committed; null if the order was not approved.</returns>
    public Task<IReadOnlyList<CommittedFact>?> TryAsync(WorkSession caller, Guid orderId, string tenantId, DateTimeOffset? takenUntil = null) =>
        TryAsync(caller with { Actor = Approver, Tenant = TenantScope.Of(tenantId) }, new(orderId, null, ApproveRequest.AutoApprove, takenUntil));

    /// <summary>Applies an order that was approved. Never throws: what fails is logged, and recorded on the order.</summary>
    /// <param name="caller">Who asked for it.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="tenantId">The tenant of the order.</param>
    /// <param name="takenUntil">When the order is due for the try after this one.</param>
    /// <returns>What it committed; null if the order was not applied.</returns>
    public Task<IReadOnlyList<CommittedFact>?> TryApplyAsync(WorkSession caller, Guid orderId, string tenantId, DateTimeOffset takenUntil) =>
        TryAsync(caller with { Tenant = TenantScope.Of(tenantId) }, new(orderId, null, TakenUntil: takenUntil) { IsDeferred = true });

    private async Task<IReadOnlyList<CommittedFact>?> TryAsync(WorkSession session, ApproveRequest request)
    {
        var orderId = request.OrderId;
        try
        {
            // In the scope of the caller, and with its context: so it is the same database.
            var completed = await runner.RunAsync(approve, session, request, CancellationToken.None).ConfigureAwait(false);
            return completed.Result is null ? null : completed.Facts;
        }
        catch (OrderNotReadyException notReady)
        {
            log.AutoApprovalWaits(orderId, notReady.Message);
        }
        catch (IllegalTransitionException decided) when (decided.Id == orderId)
        {
            // Somebody else has decided meanwhile.
        }
#pragma warning disable CA1031 // Who asked for it has done its own work, and must be answered so.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.AutoApprovalFailed(failure, orderId);
        }

        return null;
    }
}
