using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager.Execution;

/// <summary>Finds the items of a locked order that a call is about.</summary>
internal static class NamedItems
{
    /// <summary>The items by their ids, tracked.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="order">The order.</param>
    /// <param name="ids">The items that the caller names; null for all that are in one of the states.</param>
    /// <param name="states">The states in which they must be.</param>
    /// <exception cref="WorkNotFoundException">The order has no such item.</exception>
    /// <exception cref="IllegalTransitionException">An item that is named is in another state.</exception>
    public static async Task<List<WorkItem>> FindAsync(UnitOfWork unit, WorkOrder order, IReadOnlyCollection<Guid>? ids, params ItemState[] states)
    {
        var ofOrder = unit.Rows.Items.Where(i => i.OrderId == order.Id);
        if (ids is null)
        {
            // Asked for these states, a database may use an index of all items that are in one of them. Asked for the others, it goes by the order.
            var others = Enum.GetValues<ItemState>().Except(states).ToList();
            return await ofOrder.Where(i => !others.Contains(i.State)).OrderBy(i => i.Id).ToListAsync().ConfigureAwait(false);
        }

        var named = await ofOrder.Where(i => ids.Contains(i.Id)).OrderBy(i => i.Id).ToListAsync().ConfigureAwait(false);
        if (ids.Except(named.Select(i => i.Id)).Select(id => (Guid?)id).FirstOrDefault() is { } unknown)
        {
            throw WorkNotFoundException.Item(unknown);
        }

        return named.Find(i => !states.Contains(i.State)) is { } other
            ? throw Transitions.Illegal(other, ItemState.Queued)
            : named;
    }
}
