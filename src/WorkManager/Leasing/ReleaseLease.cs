using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Gives a lease back: the item joins the end of the queue, and no attempt is spent.</summary>
internal sealed class ReleaseLease : IVerb<LeaseToken, WorkItem>
{
    public Operation Operation { get; } = new("release", JoinRule.Refuses);

    public Task<WorkItem> ExecuteAsync(OperationContext context, LeaseToken lease, CancellationToken cancellationToken) =>
        context.TransactAsync(
            unit => ReleaseAsync(context, unit, lease),
            // By the event: the item may be leased anew by the time that anybody looks.
            db => db.WorkEvents.AnyAsync(
                e => e.ItemId == lease.ItemId && e.Event == WorkEventNames.Released && e.LeaseEpoch == lease.Epoch, CancellationToken.None),
            cancellationToken);

    private static async Task<WorkItem> ReleaseAsync(OperationContext context, UnitOfWork unit, LeaseToken lease)
    {
        var order = await unit.LockOrderOfItemAsync(lease.ItemId).ConfigureAwait(false);
        context.JoinTraceOf(order.TraceParent);
        var item = await unit.LockHeldItemAsync(lease).ConfigureAwait(false);
        Lifecycle.EndLease(item);
        item.AvailableAt = unit.Now;
        item.ReadyAt = unit.Now;
        unit.Lifecycle.Move(order, item, ItemState.Queued, eventName: WorkEventNames.Released);
        await unit.SaveAsync().ConfigureAwait(false);
        await IdleOrders.RequeueAsync(unit, [order]).ConfigureAwait(false);
        return item.Detach();
    }
}
