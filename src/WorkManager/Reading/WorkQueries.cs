using Microsoft.EntityFrameworkCore;

namespace WorkManager.Reading;

/// <summary>Every query of the repositories and of the facade, on a context that does not track.</summary>
internal static class WorkQueries
{
    private const int MaxPage = 500;

    public static Task<WorkOrder?> FindOrderAsync(WorkManagerDbContext db, Guid id, OrderParts include, CancellationToken cancellationToken) =>
        Include(db.WorkOrders, include).SingleOrDefaultAsync(o => o.Id == id, cancellationToken);

    public static async Task<WorkPage<WorkOrder>> ListOrdersAsync(
        WorkManagerDbContext db, OrderQuery query, OrderParts include, CancellationToken cancellationToken)
    {
        EnsureLimit(query.Limit, OrderQuery.MaxLimit);
        var orders = Include(db.WorkOrders, include);
        orders = query.State is { } state ? orders.InState(state) : orders;
        orders = query.Type is { } type ? WorkQueryExtensions.OfType(orders, type) : orders;
        orders = query.RequestedBy is { } requester ? orders.RequestedBy(requester) : orders;
        orders = Cursor.Read<Guid>(query.After) is { } after ? orders.Where(o => o.Id.CompareTo(after) < 0) : orders;
        var page = await orders.OrderByDescending(o => o.Id).Take(query.Limit + 1).ToListAsync(cancellationToken).ConfigureAwait(false);
        return Page(page, query.Limit, o => o.Id);
    }

    public static Task<WorkItem?> FindItemAsync(WorkManagerDbContext db, Guid id, CancellationToken cancellationToken) =>
        db.WorkItems.AsNoTracking().Include(i => i.Parts).SingleOrDefaultAsync(i => i.Id == id, cancellationToken);

    public static async Task<IReadOnlyList<WorkItem>> ListAvailableAsync(WorkManagerDbContext db, string? type, int limit, CancellationToken cancellationToken)
    {
        EnsureLimit(limit, MaxPage);
        var items = db.WorkItems.AsNoTracking();
        items = type is null ? items : items.Where(i => i.TenantId == "" && i.OrderType == type);
        return await items.AvailableForLease().Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    public static async Task<IReadOnlyList<WorkItem>> ListExpiredAsync(
        WorkManagerDbContext db, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        EnsureLimit(limit, MaxPage);
        return await db.WorkItems.AsNoTracking().WithExpiredLease(now)
            .OrderBy(i => i.LeaseExpiresAt).ThenBy(i => i.Id).Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    public static async Task<WorkPage<WorkItem>> ListItemsOfOrderAsync(
        WorkManagerDbContext db, Guid orderId, int limit, string? after, CancellationToken cancellationToken)
    {
        EnsureLimit(limit, MaxPage);
        var items = db.WorkItems.AsNoTracking().Where(i => i.OrderId == orderId);
        items = Cursor.Read<Guid>(after) is { } position ? items.Where(i => i.Id.CompareTo(position) > 0) : items;
        return Page(await items.OrderBy(i => i.Id).Take(limit + 1).ToListAsync(cancellationToken).ConfigureAwait(false), limit, i => i.Id);
    }

    public static Task<WorkPage<WorkEvent>> ListEventsOfOrderAsync(
        WorkManagerDbContext db, Guid orderId, int limit, string? after, CancellationToken cancellationToken) =>
        ListEventsAsync(db.WorkEvents.Where(e => e.OrderId == orderId), limit, after, cancellationToken);

    public static Task<WorkPage<WorkEvent>> ListEventsOfItemAsync(
        WorkManagerDbContext db, Guid itemId, int limit, string? after, CancellationToken cancellationToken) =>
        ListEventsAsync(db.WorkEvents.Where(e => e.ItemId == itemId), limit, after, cancellationToken);

    /// <exception cref="InvalidQueryException">The limit is out of range.</exception>
    private static void EnsureLimit(int limit, int max = MaxPage)
    {
        if (limit < 1 || limit > max)
        {
            throw new InvalidQueryException(WorkErrorCodes.InvalidQuery, $"The limit must be 1 to {max}.");
        }
    }

    private static async Task<WorkPage<WorkEvent>> ListEventsAsync(IQueryable<WorkEvent> events, int limit, string? after, CancellationToken cancellationToken)
    {
        EnsureLimit(limit);
        events = Cursor.Read<long>(after) is { } position ? events.Where(e => e.Id > position) : events;
        return Page(await events.AsNoTracking().OrderBy(e => e.Id).Take(limit + 1).ToListAsync(cancellationToken).ConfigureAwait(false), limit, e => e.Id);
    }

    // One collection is one join, and one snapshot. More of them are split: a join of items, events and provenance would multiply the rows.
    private static IQueryable<WorkOrder> Include(IQueryable<WorkOrder> orders, OrderParts include)
    {
        // A query for each: joined, the order's payload would travel once for every item.
        orders = orders.AsNoTracking().AsSplitQuery();
        orders = include.HasFlag(OrderParts.ItemParts) ? orders.Include(o => o.Items.OrderBy(i => i.Id)).ThenInclude(i => i.Parts)
            : include.HasFlag(OrderParts.Items) ? orders.Include(o => o.Items.OrderBy(i => i.Id))
            : orders;
        orders = include.HasFlag(OrderParts.Events) ? orders.Include(o => o.Events.OrderBy(e => e.Id)) : orders;
        return include.HasFlag(OrderParts.Provenances) ? orders.Include(o => o.Provenances.OrderBy(p => p.Id)) : orders;
    }

    private static WorkPage<T> Page<T>(List<T> found, int limit, Func<T, object> position)
    {
        var hasMore = found.Count > limit;
        IReadOnlyList<T> page = hasMore ? found[..limit] : found;
        return new WorkPage<T>(page, hasMore ? Cursor.Of(position(page[^1])) : null);
    }
}
