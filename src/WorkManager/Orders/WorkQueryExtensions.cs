namespace WorkManager;

/// <summary>The filters that queries over the entities are put together from.</summary>
public static class WorkQueryExtensions
{
    /// <summary>Orders in one of the states.</summary>
    /// <param name="orders">The query.</param>
    /// <param name="states">The states.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkOrder> InState(this IQueryable<WorkOrder> orders, params OrderState[] states) =>
        states is [var only] ? orders.Where(o => o.State == only) : orders.Where(o => states.Contains(o.State));

    /// <summary>Orders of a type.</summary>
    /// <param name="orders">The query.</param>
    /// <param name="type">The key of the order type.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkOrder> OfType(this IQueryable<WorkOrder> orders, string type) => orders.Where(o => o.Type == type);

    /// <summary>Orders that an actor proposed.</summary>
    /// <param name="orders">The query.</param>
    /// <param name="requester">The actor; kind and id are compared.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkOrder> RequestedBy(this IQueryable<WorkOrder> orders, Actor requester)
    {
        ArgumentNullException.ThrowIfNull(requester);
        var (type, id) = (requester.Type, requester.Id);
        return orders.Where(o => o.RequestedByType == type && o.RequestedById == id);
    }

    /// <summary>Submitted or approved orders whose last apply failed: what a person should look at.</summary>
    /// <param name="orders">The query.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkOrder> Stuck(this IQueryable<WorkOrder> orders) => 
        orders.Where(o => (o.State == OrderState.Submitted || o.State == OrderState.Approved) && o.Error != null);

    /// <summary>Items in one of the states.</summary>
    /// <param name="items">The query.</param>
    /// <param name="states">The states.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkItem> InState(this IQueryable<WorkItem> items, params ItemState[] states) =>
        states is [var only] ? items.Where(i => i.State == only) : items.Where(i => states.Contains(i.State));

    /// <summary>Items whose lease has run out and was not taken back yet.</summary>
    /// <param name="items">The query.</param>
    /// <param name="now">The time to compare with.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkItem> WithExpiredLease(this IQueryable<WorkItem> items, DateTimeOffset now) =>
        items.Where(i => (i.State == ItemState.Leased || i.State == ItemState.InProgress) && i.LeaseExpiresAt <= now);

    /// <summary>
    /// Items that an agent could claim now, in the order in which they are handed out. Those whose time has just come are among them, and so are
    /// those of paused types.
    /// </summary>
    /// <param name="items">The query.</param>
    /// <param name="now">The time to compare with.</param>
    /// <returns>The narrowed and sorted query.</returns>
    public static IOrderedQueryable<WorkItem> AvailableForLease(this IQueryable<WorkItem> items, DateTimeOffset now) =>
        items.Where(i => i.ReadyAt != null || (i.State == ItemState.Queued && i.BlockedBy == 0 && i.AvailableAt <= now))
            .OrderByDescending(i => i.Priority).ThenBy(i => i.ReadyAt ?? now).ThenBy(i => i.Id);

    /// <summary>Items that an agent holds.</summary>
    /// <param name="items">The query.</param>
    /// <param name="agentId">The agent.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkItem> LeasedBy(this IQueryable<WorkItem> items, string agentId) => items.Where(i => i.LeasedByAgentId == agentId);

    /// <summary>Parts that count.</summary>
    /// <param name="parts">The query.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkItemPart> Validated(this IQueryable<WorkItemPart> parts) => parts.Where(p => p.Status == PartStatus.Validated);

    /// <summary>Parts of a key.</summary>
    /// <param name="parts">The query.</param>
    /// <param name="partKey">The key.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkItemPart> ForKey(this IQueryable<WorkItemPart> parts, string partKey) => parts.Where(p => p.PartKey == partKey);

    /// <summary>The newest part of each item and key: the highest sequence number, a part without one last.</summary>
    /// <param name="parts">The query.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkItemPart> LatestPerKey(this IQueryable<WorkItemPart> parts) =>
        parts.Where(p => !parts.Any(q => q.WorkItemId == p.WorkItemId && q.PartKey == p.PartKey && (q.Seq ?? -1) > (p.Seq ?? -1)));

    /// <summary>Events of an actor.</summary>
    /// <param name="events">The query.</param>
    /// <param name="actor">The actor; kind and id are compared.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkEvent> ByActor(this IQueryable<WorkEvent> events, Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var (type, id) = (actor.Type, actor.Id);
        return events.Where(e => e.ActorType == type && e.ActorId == id);
    }

    /// <summary>Events of the last 24 hours.</summary>
    /// <param name="events">The query.</param>
    /// <param name="now">The time to count back from.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkEvent> Recent(this IQueryable<WorkEvent> events, DateTimeOffset now)
    {
        var since = now.AddHours(-24);
        return events.Where(e => e.CreatedAt >= since);
    }

    /// <summary>Provenance of an agent, by the name that it states.</summary>
    /// <param name="provenances">The query.</param>
    /// <param name="agentName">The name.</param>
    /// <returns>The narrowed query.</returns>
    public static IQueryable<WorkProvenance> ByAgent(this IQueryable<WorkProvenance> provenances, string agentName) =>
        provenances.Where(p => p.AgentName == agentName);
}
