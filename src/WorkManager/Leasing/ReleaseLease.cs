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
                (rows, outcomes) => AreReleasedAsync(rows, outcomes, context.OperationId)),
            cancellationToken);

    // The event of this call tells. The item may have been leased again since, or its lease may have been ended by somebody else.
    private static async Task<bool> AreReleasedAsync(WorkRows rows, IReadOnlyList<WorkOutcome<WorkItem>> outcomes, Guid operationId) =>
        outcomes.FirstOrDefault(o => o.Succeeded) is { Value: var item } && await rows.Events.AnyAsync(
            e => e.ItemId == item.Id && e.Event == WorkEventNames.Released && e.OperationId == operationId, CancellationToken.None).ConfigureAwait(false);

    private static async Task<IReadOnlyList<WorkOutcome<WorkItem>>> ReleaseAsync(
        OperationContext context, UnitOfWork unit, IReadOnlyList<LeaseToken> leases, bool waits)
    {
        var orders = await unit.LockOrdersOfItemsAsync([.. leases.Select(l => l.ItemId)]).ConfigureAwait(false);
        context.JoinTraceOf(orders.Values.FirstOrDefault()?.TraceParent);
        var held = await unit.LockHeldItemsAsync(leases, waits).ConfigureAwait(false);
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        var outcomes = leases.Select(lease => held.Of(lease).Then(item => Release(unit, orders[item.OrderId], item, clock))).ToList();

        var released = outcomes.Where(o => o.Succeeded).Select(o => o.Value).ToList();
        var touched = released.Select(i => orders[i.OrderId]).Distinct().ToList();
        UnitOfWork.LeaveAsTheyWere(orders.Values.Except(touched));
        await IdleOrders.RequeueAsync(unit, touched, released).ConfigureAwait(false);
        await unit.SaveAsync().ConfigureAwait(false);
        released.ForEach(i => i.Detach());
        return unit.Attempt.MayBeDone ? await RecognizeAsync(unit, leases, outcomes).ConfigureAwait(false) : outcomes;
    }

    /// <summary>Finds what an attempt of this call without an answer has released: it was committed while this one waited for the order.</summary>
    private static async Task<IReadOnlyList<WorkOutcome<WorkItem>>> RecognizeAsync(
        UnitOfWork unit, IReadOnlyList<LeaseToken> leases, List<WorkOutcome<WorkItem>> outcomes)
    {
        var lost = leases.Where((_, i) => !outcomes[i].Succeeded).Select(l => (Guid?)l.ItemId).ToList();
        var released = unit.Rows.Events.Where(
            e => e.OperationId == unit.OperationId && e.Event == WorkEventNames.Released && lost.Contains(e.ItemId)).Select(e => e.ItemId);
        var items = await unit.Rows.Items.AsNoTracking().Where(i => released.Contains(i.Id)).ToDictionaryAsync(i => i.Id).ConfigureAwait(false);
        return [.. outcomes.Select((outcome, i) => outcome.Succeeded || !items.TryGetValue(leases[i].ItemId, out var item) ? outcome : new(item))];
    }

    private static WorkOutcome<WorkItem> Release(UnitOfWork unit, WorkOrder order, WorkItem item, DateTimeOffset clock)
    {
        unit.Queue.Release(order, item, clock);
        return new(item);
    }
}
