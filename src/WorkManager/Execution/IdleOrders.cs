using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;

namespace WorkManager.Execution;

/// <summary>Moves orders on after leases of their items have ended without a result.</summary>
internal static class IdleOrders
{
    /// <summary>
    /// Rolls up those of the locked orders that have no open item left, or fail at once, and requeues those of which no item is held any more.
    /// </summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="orders">The orders.</param>
    /// <param name="returned">The items whose lease has ended in this unit. In the database they may still be held.</param>
    /// <returns>The orders that are submitted now: they go on without the items that failed.</returns>
    public static async Task<IReadOnlyList<OrderSubmitted>> SettleAsync(
        UnitOfWork unit, IReadOnlyCollection<WorkOrder> orders, IReadOnlyCollection<WorkItem> returned)
    {
        var submitted = new List<OrderSubmitted>();
        var failed = returned.Where(i => i.State == ItemState.Failed).ToLookup(i => i.OrderId);
        foreach (var order in orders)
        {
            if (order.ItemsOpen > 0 && failed.Contains(order.Id) && !Lifecycle.FailsAtOnce(order))
            {
                await ItemDependencies.FailAsync(unit, order, [.. failed[order.Id]]).ConfigureAwait(false);
            }

            if (Lifecycle.FailsAtOnce(order))
            {
                await unit.SaveAsync().ConfigureAwait(false);
                await OpenItems.TakeOutAsync(unit, order, "Lease revoked: the order has failed", Lifecycle.Engine).ConfigureAwait(false);
            }

            if (unit.Lifecycle.Settle(order, await HasResultAsync(unit, order).ConfigureAwait(false)))
            {
                submitted.Add(new OrderSubmitted(order.Id, order.TenantId, order.Type));
            }
        }

        await RequeueAsync(unit, orders, returned).ConfigureAwait(false);
        return submitted;
    }

    /// <summary>Whether a result is left in an order that may go on without the items that failed. A reviewer may have rejected or moved the others.</summary>
    private static async Task<bool> HasResultAsync(UnitOfWork unit, WorkOrder order) =>
        order is not { ItemFailure: ItemFailure.GoOn, ItemsOpen: 0, ItemsFailed: > 0 }
        || await unit.Rows.Items.AnyAsync(i => i.OrderId == order.Id && i.State == ItemState.Submitted).ConfigureAwait(false);

    /// <summary>Requeues those of the locked orders that have no leased item left.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="orders">The orders.</param>
    /// <param name="returned">The items whose lease has ended in this unit. In the database they may still be held.</param>
    private static async Task RequeueAsync(UnitOfWork unit, IReadOnlyCollection<WorkOrder> orders, IReadOnlyCollection<WorkItem> returned)
    {
        var candidates = orders.Where(o => o.State is OrderState.CheckedOut or OrderState.InProgress && o.ItemsOpen > 0).ToDictionary(o => o.Id);
        if (candidates.Count == 0)
        {
            return;
        }

        var ids = candidates.Keys.ToList();
        var ended = returned.Select(i => i.Id).ToList();
        // An item that is held has a holder. If this asked for the state, a database could read all held items of all orders, by an index of theirs.
        var idle = await unit.Rows.Orders
            .Where(o => ids.Contains(o.Id) && !o.Items.Any(i => i.LeasedByAgentId != null && !ended.Contains(i.Id)))
            .Select(o => o.Id)
            .ToListAsync().ConfigureAwait(false);
        foreach (var id in idle)
        {
            unit.Lifecycle.Move(candidates[id], OrderState.Queued, new EventDetails(Message: Lifecycle.NobodyWorks, Actor: Lifecycle.Engine));
        }
    }
}
