using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Reading;

/// <summary>Every query of the repositories and of the facade, on a context that does not track.</summary>
internal static class WorkQueries
{
    private const int MaxPage = 500;

    public static Task<WorkOrder?> FindOrderAsync(WorkRows rows, Guid id, OrderParts include, CancellationToken cancellationToken) =>
        Include(rows.Orders, include).SingleOrDefaultAsync(o => o.Id == id, cancellationToken);

    public static async Task<WorkPage<WorkOrder>> ListOrdersAsync(
        WorkRows rows, OrderQuery query, OrderParts include, CancellationToken cancellationToken)
    {
        EnsureLimit(query.Limit, OrderQuery.MaxLimit);
        EnsureText("type", query.Type);
        var orders = Include(rows.Orders, include);
        orders = query.State is { } state ? orders.InState(state) : orders;
        orders = query.Type is { } type ? WorkQueryExtensions.OfType(orders, type) : orders;
        orders = query.RequestedBy is { } requester ? orders.RequestedBy(requester) : orders;
        orders = query.Stuck ? orders.Stuck() : orders;
        orders = Cursor.Read<Guid>(query.After) is { } after ? orders.Where(o => o.Id.CompareTo(after) < 0) : orders;
        var page = await orders.OrderByDescending(o => o.Id).Take(query.Limit + 1).ToListAsync(cancellationToken).ConfigureAwait(false);
        return Page(page, query.Limit, o => o.Id);
    }

    public static Task<WorkItem?> FindItemAsync(WorkRows rows, Guid id, CancellationToken cancellationToken) =>
        rows.Items.AsNoTracking().Include(i => i.Parts).SingleOrDefaultAsync(i => i.Id == id, cancellationToken);

    public static async Task<IReadOnlyList<WorkItem>> ListAvailableAsync(
        WorkRows rows, DateTimeOffset now, string? type, int limit, CancellationToken cancellationToken)
    {
        EnsureLimit(limit, MaxPage);
        EnsureText("type", type);
        var items = rows.Items.AsNoTracking();
        items = type is null ? items : items.Where(i => i.OrderType == type);
        // Two queries, each by its own index. What is ready is not blocked; the index of the first one says so.
        var ready = await items.Where(i => i.ReadyAt != null && i.BlockedBy == 0)
            .OrderByDescending(i => i.Priority).ThenBy(i => i.ReadyAt).ThenBy(i => i.Id)
            .Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
        var due = await items.Where(i => i.State == ItemState.Queued && i.ReadyAt == null && i.BlockedBy == 0 && i.AvailableAt <= now)
            .OrderByDescending(i => i.Priority).ThenBy(i => i.AvailableAt)
            .Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. ready.Concat(due).OrderByDescending(i => i.Priority).ThenBy(i => i.ReadyAt ?? now).ThenBy(i => i.Id).Take(limit)];
    }

    public static async Task<IReadOnlyList<WorkItem>> ListExpiredAsync(
        WorkRows rows, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        EnsureLimit(limit, MaxPage);
        return await rows.Items.AsNoTracking().WithExpiredLease(now)
            .OrderBy(i => i.LeaseExpiresAt).ThenBy(i => i.Id).Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    public static async Task<WorkPage<WorkItem>> ListItemsOfOrderAsync(
        WorkRows rows, Guid orderId, int limit, string? after, CancellationToken cancellationToken)
    {
        EnsureLimit(limit, MaxPage);
        var items = rows.Items.AsNoTracking().Where(i => i.OrderId == orderId);
        items = Cursor.Read<Guid>(after) is { } position ? items.Where(i => i.Id.CompareTo(position) > 0) : items;
        return Page(await items.OrderBy(i => i.Id).Take(limit + 1).ToListAsync(cancellationToken).ConfigureAwait(false), limit, i => i.Id);
    }

    /// <summary>Reads a page of events, oldest first. What was committed after the first page was read comes last.</summary>
    public static async Task<WorkPage<WorkEvent>> ListEventsAsync(
        WorkRows rows, IReadingSql sql, EventOwner owner, int limit, string? after, CancellationToken cancellationToken)
    {
        EnsureLimit(limit);
        var position = Cursor.Read<EventPosition>(after) ?? new(0, await sql.ReadSnapshotAsync(rows).ConfigureAwait(false), null);
        var found = await sql.ListEventsAsync(rows, owner, position, limit + 1, cancellationToken).ConfigureAwait(false);
        if (found.Count > limit)
        {
            return new([.. found.Take(limit)], Cursor.Of(position with { Id = found[limit - 1].Id }));
        }

        var news = position.Until is { } until ? await sql.FindNewsAsync(rows, owner, until).ConfigureAwait(false) : null;
        return new(found, news is null ? null : Cursor.Of(new EventPosition(0, Until: news, Since: position.Until)));
    }

    /// <exception cref="InvalidQueryException">The limit is out of range.</exception>
    public static void EnsureLimit(int limit, int max = MaxPage)
    {
        if (limit < 1 || limit > max)
        {
            throw new InvalidQueryException(WorkErrorCodes.InvalidQuery, $"The limit must be 1 to {max}.");
        }
    }

    /// <exception cref="InvalidQueryException">No row can have this text, and PostgreSQL would refuse it.</exception>
    public static void EnsureText(string filter, string? text)
    {
        if (text is not null && !StorableText.IsStorable(text))
        {
            throw new InvalidQueryException(WorkErrorCodes.InvalidQuery, $"The filter {filter} has a character that cannot be stored, such as U+0000.");
        }
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
        orders = include.HasFlag(OrderParts.Decisions) ? orders.Include(o => o.Decisions.OrderBy(d => d.CreatedAt).ThenBy(d => d.Id)) : orders;
        return include.HasFlag(OrderParts.Provenances) ? orders.Include(o => o.Provenances.OrderBy(p => p.Id)) : orders;
    }

    private static WorkPage<T> Page<T>(List<T> found, int limit, Func<T, object> position)
    {
        var hasMore = found.Count > limit;
        IReadOnlyList<T> page = hasMore ? found[..limit] : found;
        return new WorkPage<T>(page, hasMore ? Cursor.Of(position(page[^1])) : null);
    }
}
