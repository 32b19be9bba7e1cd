using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Submitting;

namespace WorkManager.Providers.Sqlite;

/// <summary>Submitting on SQLite: reads what decides, lets the lifecycle decide, and writes what has changed.</summary>
/// <remarks>Of orders and items only the columns of a submit travel: they may hold documents of any size, and so may their results.</remarks>
internal sealed class SqliteSubmittingSql : ISubmittingSql
{
    private static readonly RowStatements Held = new(["id", "epoch"], row => new(
        $"""
        SELECT i.id, i.order_id, i.tenant_id, i.state, i.lease_epoch, i.revision,
            o.type, o.state, o.revision, o.items_open, o.items_failed, o.items_total, o.item_failure,
            EXISTS (SELECT 1 FROM [work_item_dependencies] AS d WHERE d.depends_on_id = i.id AND d.met_at IS NULL)
        FROM {row.Before}[work_items] AS i CROSS JOIN [work_orders] AS o ON o.id = i.order_id
        WHERE {QueueSql.IsHeld(row["id"], row["epoch"])}
        """));

    private static readonly RowStatements StoreItems = new(["id", "revision", "result", "hash", "version"], row => new(
        $"""
        UPDATE [work_items] AS i
        SET result = {row["result"]}, result_hash = {row["hash"]}, result_version = {row["version"]}, revision = {row["revision"]}, {QueueSql.Submit}
        {row.From} WHERE i.id = {row["id"]}
        """));

    private static readonly RowStatements StoreOrders = new(["id", "state", "revision", "open"], row => new(
        $"""
        UPDATE [work_orders] AS o
        SET state = {row["state"]}, revision = {row["revision"]}, items_open = {row["open"]}, updated_at = @now,
            submitted_at = CASE WHEN {row["state"]} = 'submitted' THEN @now ELSE o.submitted_at END,
            last_transitioned_at = CASE WHEN o.state = {row["state"]} THEN o.last_transitioned_at ELSE @now END
        {row.From} WHERE o.id = {row["id"]}
        """));

    private static readonly RowStatements Refuse = new(["id", "epoch", "error"], row => new(
        $"""
        UPDATE [work_items] AS i SET error = {row["error"]}, updated_at = @now, revision = i.revision + 1
        {row.From} WHERE {QueueSql.IsHeld(row["id"], row["epoch"])}
        RETURNING id, lease_epoch
        """));

    // Nothing to do: the transaction is the only writer.
    public Task LockOrdersAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> results) => Task.CompletedTask;

    public Task<IReadOnlyList<LeaseToken>> RecordRefusalsAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> refused, bool waits) =>
        Refuse.RowsAsync(
            unit,
            [.. refused.Select(r => new object?[] { r.Lease.ItemId, r.Lease.Epoch, r.Error() })],
            row => new LeaseToken(row.GetGuid(0), row.GetInt64(1)),
            ("holder", unit.Actor.LeaseHolder));

    public async Task<IReadOnlyList<StoredResult>> StoreAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> results, bool waits)
    {
        var held = await ReadHeldAsync(unit, results).ConfigureAwait(false);
        if (held.Count == 0)
        {
            return [];
        }

        foreach (var (item, order, result, _) in held)
        {
            unit.Queue.Submit(order, item, EventDetails.Of(result.Payload, result.PayloadHash));
        }

        var orders = held.Select(h => h.Order).Distinct().ToList();
        foreach (var order in orders)
        {
            order.Revision++;
            unit.Lifecycle.Advance(order, OrderState.InProgress);
            unit.Lifecycle.Settle(order);
        }

        await StoreItems.ExecuteAsync(
            unit,
            held.ConvertAll(h => new object?[] { h.Item.Id, h.Item.Revision, h.Result.Text, h.Result.Hash, h.Result.TypeVersion }),
            ("actor_type", StateNames.ToName(unit.Actor.Type)),
            ("actor_id", unit.Actor.Id),
            ("submitted_for", unit.Actor.Principal?.ToString())).ConfigureAwait(false);
        await StoreOrders.ExecuteAsync(unit, orders.ConvertAll(o => new object?[] { o.Id, StateNames.ToName(o.State), o.Revision, o.ItemsOpen }))
            .ConfigureAwait(false);
        await unit.SaveAsync().ConfigureAwait(false);
        if (held.Exists(h => h.IsAwaited))
        {
            await ItemDependencies.MeetAsync(unit, [.. held.Where(h => h.IsAwaited).Select(h => h.Item.Id)]).ConfigureAwait(false);
        }

        return held.ConvertAll(h =>
            new StoredResult(h.Item.Id, h.Item.LeaseEpoch, h.Item.Revision, h.Order.Id, h.Order.Type, StateNames.ToName(h.Order.State)));
    }

    /// <summary>
    /// Reads the items that the caller holds, in the order of the results: the columns of items and orders that the lifecycle needs, and whether other items
    /// wait for it.
    /// </summary>
    private static async Task<List<(WorkItem Item, WorkOrder Order, CheckedResult Result, bool IsAwaited)>> ReadHeldAsync(
        UnitOfWork unit, IReadOnlyList<CheckedResult> results)
    {
        var orders = new Dictionary<Guid, WorkOrder>();
        var awaited = new HashSet<Guid>();
        var items = (await Held.RowsAsync(
            unit,
            [.. results.Select(r => new object?[] { r.Lease.ItemId, r.Lease.Epoch })],
            row =>
            {
                var (orderId, tenant) = (row.GetGuid(1), row.GetString(2));
                orders.TryAdd(orderId, new WorkOrder
                {
                    Id = orderId, TenantId = tenant, Type = row.GetString(6), State = StateNames.Parse<OrderState>(row.GetString(7)),
                    Revision = row.GetInt32(8), ItemsOpen = row.GetInt32(9), ItemsFailed = row.GetInt32(10), ItemsTotal = row.GetInt32(11),
                    ItemFailure = StateNames.Parse<ItemFailure>(row.GetString(12)),
                });
                if (row.GetBoolean(13))
                {
                    awaited.Add(row.GetGuid(0));
                }

                return new WorkItem
                {
                    Id = row.GetGuid(0), OrderId = orderId, TenantId = tenant, State = StateNames.Parse<ItemState>(row.GetString(3)),
                    LeaseEpoch = row.GetInt64(4), Revision = row.GetInt32(5),
                };
            },
            ("holder", unit.Actor.LeaseHolder)).ConfigureAwait(false)).ToDictionary(i => new LeaseToken(i.Id, i.LeaseEpoch));
        return
        [
            .. from result in results
               where items.ContainsKey(result.Lease)
               let item = items[result.Lease]
               select (item, orders[item.OrderId], result, awaited.Contains(item.Id)),
        ];
    }
}
