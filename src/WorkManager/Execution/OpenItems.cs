using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>Takes the open items of a locked order out of the queue, and puts them back.</summary>
internal static class OpenItems
{
    /// <summary>
    /// After this, no item of the order can be claimed and none is held. The first statement takes out the queued items, and waits for claims that are running;
    /// the second takes out the held items, including those of these claims. Nothing comes back meanwhile: that would need the lock on the order, which this
    /// transaction has.
    /// </summary>
    /// <param name="unit">The transaction. What it has changed of items must be saved.</param>
    /// <param name="order">The order.</param>
    /// <param name="why">What is said of a lease that ends.</param>
    /// <param name="actor">Who ends it, if it is not the actor of the operation.</param>
    public static async Task TakeOutAsync(UnitOfWork unit, WorkOrder order, string why, Actor? actor = null)
    {
        // These are written as a whole when they are saved, whatever the statement does to them before.
        var known = unit.Db.ChangeTracker.Entries<WorkItem>().Select(e => e.Entity)
            .Where(i => i.OrderId == order.Id && i.State == ItemState.Queued).ToList();
        known.ForEach(unit.Queue.TakeOut);
        await unit.Rows.Items
            .Where(i => i.OrderId == order.Id && i.State == ItemState.Queued)
            .ExecuteUpdateAsync(queued => unit.Queue.TakeOut(queued, reasons: 1)).ConfigureAwait(false);
        foreach (var item in await unit.Dialect.LockHeldItemsOfAsync(unit, order.Id).ConfigureAwait(false))
        {
            unit.Queue.TakeOut(order, item, why, actor);
        }
    }

    /// <summary>Puts back what was taken out. An item whose time has not come waits for it.</summary>
    /// <param name="unit">The transaction. Items that it has put into the queue, and not saved yet, are not meant.</param>
    /// <param name="order">The order.</param>
    /// <param name="clock">The time that decides leases.</param>
    public static Task PutBackAsync(UnitOfWork unit, WorkOrder order, DateTimeOffset clock) => unit.Rows.Items
        .Where(i => i.OrderId == order.Id && i.State == ItemState.Queued && i.BlockedBy > 0)
        .ExecuteUpdateAsync(queued => unit.Queue.PutBack(queued, reasons: 1, clock));
}
