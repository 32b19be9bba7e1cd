using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Orders;

namespace WorkManager.Operating;

/// <summary>What the items of an order say.</summary>
/// <param name="Total">How many there are.</param>
/// <param name="Open">How many wait for a result.</param>
/// <param name="Failed">How many have failed for good.</param>
/// <param name="Held">How many are leased.</param>
/// <param name="Begun">How many of these are in progress.</param>
internal sealed record ItemCounts(int Total, int Open, int Failed, int Held, int Begun)
{
    private static readonly ItemCounts None = new(0, 0, 0, 0, 0);

    /// <summary>Counts the items of some orders.</summary>
    public static async Task<IReadOnlyDictionary<Guid, ItemCounts>> OfAsync(WorkRows rows, IReadOnlyCollection<Guid> orderIds)
    {
        var counts = await rows.Items.Where(i => orderIds.Contains(i.OrderId)).GroupBy(i => i.OrderId).Select(g => new
        {
            g.Key,
            Total = g.Count(),
            Open = g.Count(i => i.State == ItemState.Queued || i.State == ItemState.Leased || i.State == ItemState.InProgress),
            Failed = g.Count(i => i.State == ItemState.Failed),
            Held = g.Count(i => i.State == ItemState.Leased || i.State == ItemState.InProgress),
            Begun = g.Count(i => i.State == ItemState.InProgress),
        }).ToDictionaryAsync(g => g.Key, g => new ItemCounts(g.Total, g.Open, g.Failed, g.Held, g.Begun)).ConfigureAwait(false);
        return orderIds.ToDictionary(id => id, id => counts.GetValueOrDefault(id, None));
    }

    /// <summary>Whether an order counts its items as they are.</summary>
    public bool AreThose(int total, int open, int failed) => (total, open, failed) == (Total, Open, Failed);

    /// <summary>Whether the state of an order is behind that of its items, or before it.</summary>
    /// <param name="state">The state of the order.</param>
    /// <param name="rule">What it means for the order that an item has failed.</param>
    /// <remarks>
    /// An order whose work has begun stays in progress while somebody holds an item of it. One whose items are gone is for people to look at: it must not go on
    /// as if it were done.
    /// </remarks>
    public bool AreAheadOf(OrderState state, ItemFailure rule) => state.IsLive() && Total > 0
        && (Open == 0 || (Failed > 0 && rule == ItemFailure.FailOrderAtOnce) || (Held == 0 && state != OrderState.Queued)
            || (Held > 0 && state == OrderState.Queued) || (Begun > 0 && state != OrderState.InProgress));
}
