using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Gives leases back: the items join the end of the queue, and no attempt is spent.</summary>
internal sealed class ReleaseLease : IVerb<Batch<LeaseToken>, IReadOnlyList<WorkOutcome<WorkItem>>>
{
    public Operation Operation { get; } = new("release", JoinRule.Refuses);

    public Task<IReadOnlyList<WorkOutcome<WorkItem>>> ExecuteAsync(OperationContext context, Batch<LeaseToken> leases, CancellationToken cancellationToken) =>
        context.WriteAsync(
            Write.Once<IReadOnlyList<WorkOutcome<WorkItem>>>(
                async unit => leases.End(await ReleaseAsync(context, unit, leases.Requests, leases.Waits(unit.Attempt)).ConfigureAwait(false)),
                AreReleasedAsync),
            cancellationToken);

    // The event tells, because the item may have been leased again since.
    private static async Task<bool> AreReleasedAsync(WorkRows rows, IReadOnlyList<WorkOutcome<WorkItem>> outcomes) =>
        outcomes.FirstOrDefault(o => o.Succeeded) is { Value: var item } && await rows.Events.AnyAsync(
            e => e.ItemId == item.Id && e.Event == WorkEventNames.Released && e.LeaseEpoch == item.LeaseEpoch, CancellationToken.None).ConfigureAwait(false);

    private static async Task<IReadOnlyList<WorkOutcome<WorkItem>>> ReleaseAsync(
        OperationContext context, UnitOfWork unit, IReadOnlyList<LeaseToken> leases, bool waits)
    {
        var orders = await unit.LockOrdersOfItemsAsync([.. leases.Select(l => l.ItemId)]).ConfigureAwait(false);
        context.JoinTraceOf(orders.Values.FirstOrDefault()?.TraceParent);
        var held = await unit.LockHeldItemsAsync(leases, waits).ConfigureAwait(false);
        var outcomes = leases.Select(lease => held.Of(lease).Then(item => Release(unit, orders[item.OrderId], item))).ToList();

        var released = outcomes.Where(o => o.Succeeded).Select(o => o.Value).ToList();
        var touched = released.Select(i => orders[i.OrderId]).Distinct().ToList();
        UnitOfWork.LeaveAsTheyWere(orders.Values.Except(touched));
        await IdleOrders.RequeueAsync(unit, touched, released).ConfigureAwait(false);
        await unit.SaveAsync().ConfigureAwait(false);
        released.ForEach(i => i.Detach());
        return outcomes;
    }

    private static WorkOutcome<WorkItem> Release(UnitOfWork unit, WorkOrder order, WorkItem item)
    {
        unit.Queue.Release(order, item);
        return new(item);
    }
}
