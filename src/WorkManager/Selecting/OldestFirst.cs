namespace WorkManager.Selecting;

/// <summary>Pages of orders by when their state has changed last.</summary>
internal static class OldestFirst
{
    /// <summary>The orders in the order of the pages.</summary>
    /// <param name="orders">The orders.</param>
    /// <param name="after">The last order of the page before, and when its state has changed; null for the first page.</param>
    public static IOrderedQueryable<WorkOrder> SortOldestFirst(this IQueryable<WorkOrder> orders, (DateTimeOffset? Since, Guid Id)? after)
    {
        if (after is var (since, id))
        {
            // The first condition says where in the index to begin.
            orders = orders.Where(o => o.LastTransitionedAt >= since && (o.LastTransitionedAt > since || o.Id.CompareTo(id) > 0));
        }

        return orders.OrderBy(o => o.LastTransitionedAt).ThenBy(o => o.Id);
    }
}
