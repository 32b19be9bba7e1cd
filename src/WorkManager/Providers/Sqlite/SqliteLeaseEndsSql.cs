using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Leasing;

namespace WorkManager.Providers.Sqlite;

/// <summary>Ends of leases on SQLite: reads the items, lets the queue decide, and writes what has changed.</summary>
internal sealed class SqliteLeaseEndsSql : ILeaseEndsSql
{
    private static readonly RowStatements Held = new(["id", "epoch"], row => new(
        $"""
        SELECT [i.*], o.state FROM {row.Before}[work_items] AS i CROSS JOIN [work_orders] AS o ON o.id = i.order_id
        WHERE {QueueSql.IsHeld(row["id"], row["epoch"])} AND {QueueSql.ByKey("o.state")} IN ('queued', 'checked_out', 'in_progress')
        """));

    private static readonly RowStatements StoreFailed = new(
        ["id", "revision", "attempts", "available", "error"], row => Store(row, $"error = {row["error"]}"));

    private static readonly RowStatements StoreReleased = new(
        ["id", "revision", "attempts", "available", "releases"], row => Store(row, $"releases = {row["releases"]}"));

    // The items are put back already: whoever holds one now is somebody else. It is not part of StoreOrders: SQLite reads the text at each call, and takes
    // three times as long for one statement that does both.
    private static readonly RowStatements Idle = new(["id"], row => new(
        $"""
        SELECT o.id FROM {row.Before}[work_orders] AS o
        WHERE o.id = {row["id"]} AND {QueueSql.ByKey("o.state")} <> 'queued'
            AND NOT EXISTS (SELECT 1 FROM [work_items] AS i WHERE i.order_id = o.id AND i.leased_by_agent_id IS NOT NULL)
        """));

    // The lifecycle has moved the order. The time of the move is written only if there was one.
    private static readonly RowStatements StoreOrders = new(["id", "state"], row => new(
        $"""
        UPDATE [work_orders] AS o
        SET state = {row["state"]}, updated_at = @now, revision = o.revision + 1,
            last_transitioned_at = CASE WHEN o.state = {row["state"]} THEN o.last_transitioned_at ELSE @now END
        {row.From} WHERE o.id = {row["id"]}
        """));

    public Task<IReadOnlyList<WorkItem>> FailAsync(
        UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, CheckedFailure Failure)> failures, RetryOptions retry, bool waits) => EndAsync(
        unit,
        failures,
        (item, _) => item.Attempts + 1 >= item.MaxAttempts,
        (order, item, failure) =>
            unit.Queue.Fail(order, item, unit.Now, failure.Error, isFinal: false, failure.Pause ?? retry.PauseAfter(item.Attempts + 1)),
        StoreFailed,
        item => item.Error);

    public Task<IReadOnlyList<WorkItem>> ReleaseAsync(
        UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, ReleaseOptions Options)> releases, int most, bool waits) => EndAsync(
        unit,
        releases,
        (item, options) => !options.IsDraining && item.Releases >= most && item.Attempts + 1 >= item.MaxAttempts,
        (order, item, options) => unit.Queue.Release(order, item, unit.Now, options.NotBefore, options.Reason, options.IsDraining ? null : most),
        StoreReleased,
        item => item.Releases);

    /// <summary>Ends leases.</summary>
    /// <param name="unit">The transaction. SQLite has no clock of its own: its time decides leases.</param>
    /// <param name="ends">The leases, and how each ends.</param>
    /// <param name="isLast">Whether the item fails for good.</param>
    /// <param name="end">Ends the lease of an item.</param>
    /// <param name="store">Stores the items.</param>
    /// <param name="value">The last value of a row of <paramref name="store"/>.</param>
    private static async Task<IReadOnlyList<WorkItem>> EndAsync<TEnd>(
        UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, TEnd End)> ends, Func<WorkItem, TEnd, bool> isLast, Action<WorkOrder, WorkItem, TEnd> end,
        RowStatements store, Func<WorkItem, object?> value)
    {
        var read = EntityReader.Of<WorkItem>(unit.Db.Model);
        var held = (await Held.RowsAsync(
            unit, [.. ends.Select(e => new object?[] { e.Lease.ItemId, e.Lease.Epoch })],
            row => (Item: read(row), OrderState: StateNames.Parse<OrderState>(row.GetString(row.FieldCount - 1))),
            ("holder", unit.Actor.LeaseHolder)).ConfigureAwait(false)).ToDictionary(h => new LeaseToken(h.Item.Id, h.Item.LeaseEpoch));
        var own = ends.Where(e => held.ContainsKey(e.Lease)).Select(e => (held[e.Lease].Item, e.End)).ToList();
        if (own.Count == 0 || own.Exists(o => isLast(o.Item, o.End)))
        {
            return [];
        }

        var orders = held.Values.DistinctBy(h => h.Item.OrderId)
            .ToDictionary(h => h.Item.OrderId, h => new WorkOrder { Id = h.Item.OrderId, TenantId = h.Item.TenantId, State = h.OrderState });
        own.ForEach(o => end(orders[o.Item.OrderId], o.Item, o.End));
        await store.ExecuteAsync(
            unit, own.ConvertAll(o => new object?[] { o.Item.Id, o.Item.Revision, o.Item.Attempts, o.Item.AvailableAt.UtcDateTime, value(o.Item) }))
            .ConfigureAwait(false);
        foreach (var id in await Idle.RowsAsync(unit, [.. orders.Keys.Select(id => new object?[] { id })], row => row.GetGuid(0)).ConfigureAwait(false))
        {
            unit.Lifecycle.Move(orders[id], OrderState.Queued, new(Message: Lifecycle.NobodyWorks, Actor: Lifecycle.Engine));
        }

        await StoreOrders.ExecuteAsync(unit, [.. orders.Values.Select(o => new object?[] { o.Id, StateNames.ToName(o.State) })]).ConfigureAwait(false);
        await unit.SaveAsync().ConfigureAwait(false);
        return own.ConvertAll(o => o.Item);
    }

    private static Statement Store(RowText row, string set) => new(
        $"""
        UPDATE [work_items] AS i
        SET state = 'queued', attempts = {row["attempts"]}, {set}, available_at = {row["available"]}, {QueueSql.EndLease},
            ready_at = CASE WHEN i.blocked_by = 0 AND {row["available"]} <= @now THEN @now END, updated_at = @now, revision = {row["revision"]}
        {row.From} WHERE i.id = {row["id"]}
        """);
}
