using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Applying;

/// <summary>Prepares a run of the apply of an order.</summary>
internal sealed class ApplyRuns(OrderTypeRegistry types, JsonDocuments documents, ReviewOptions review, TimeProvider time)
{
    /// <summary>Locks the order, checks that it can be applied, and reads what it applies.</summary>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="OrderNotReadyException">Results are missing.</exception>
    /// <exception cref="IllegalTransitionException">The order is not submitted, or not approved if <paramref name="isApproved"/>.</exception>
    public async Task<ApplyRun> BeginAsync(HostUnit hosted, Guid orderId, HostCode hostCode, bool isApproved = false)
    {
        hostCode.Begin();
        var unit = hosted.Unit;
        var (order, items) = await unit.LockOrderWithItemsAsync(orderId).ConfigureAwait(false);
        unit.Lifecycle.Settle(order, items.Any(i => i.State == ItemState.Submitted));
        EnsureCanBeApplied(order, isApproved);

        var done = items.Where(i => i.State is ItemState.Submitted or ItemState.Accepted).ToList();
        var descriptor = types.Get(order.Type);
        var type = await hostCode.RunAsync(hosted, () => Task.FromResult((OrderType)hosted.Services.GetRequiredService(descriptor.ClrType)))
            .ConfigureAwait(false);
        var failed = items.Where(i => i.State == ItemState.Failed).ToList();
        var stored = new StoredOrder(order, done, failed, type, descriptor.Version, documents.Stored);
        IReadOnlyList<WorkDecision> given = isApproved ? await GivenApprovals.ReadAsync(unit, order.Id).ConfigureAwait(false) : [];
        // Host code gets the same time and the same ids in every attempt, because they are derived from the order.
        var environment = new ApplyEnvironment(
            stored, order.SubmittedAt ?? unit.Now, given.Count > 0 ? ApproverOf(given[^1]) : unit.Actor, hosted.Host)
        {
            KeptChanges = descriptor.IsReversal && order.ParentOrderId is { } reversed
                ? await AppliedOrders.KeptChangesOf(unit.Rows, reversed).FirstOrDefaultAsync(CancellationToken.None).ConfigureAwait(false) : null,
        };
        var applied = new AppliedOrder(order, done, failed, descriptor, environment);
        return new ApplyRun(hosted, hostCode, documents.Strict, review, time, type, stored, applied, given);
    }

    private static void EnsureCanBeApplied(WorkOrder order, bool isApproved)
    {
        if (order.State.IsLive())
        {
            throw new OrderNotReadyException(order.Id, [$"{order.ItemsOpen} of {order.ItemsTotal} items have no result yet."]);
        }

        if (order.State != (isApproved ? OrderState.Approved : OrderState.Submitted))
        {
            throw Transitions.Illegal(order, isApproved ? OrderState.Applied : OrderState.Approved);
        }
    }

    private static Actor ApproverOf(WorkDecision approval)
    {
        var actor = approval.ActorType == ActorType.System ? Actor.System(approval.ActorId) : Actor.User(approval.ActorId);
        return actor.WithRoles(approval.ReadRoles());
    }
}
