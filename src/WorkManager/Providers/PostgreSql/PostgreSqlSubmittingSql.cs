using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Submitting;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Submitting on PostgreSQL: one statement, whatever the number of results and orders.</summary>
/// <remarks>
/// One statement suffices because the order has counters: a search for open items would see the items as they were before the order was locked.
/// </remarks>
internal sealed class PostgreSqlSubmittingSql : ISubmittingSql
{
    // An order that has a result does not fail if its type goes on without the items that failed.
    private const string Fails = "o.items_failed > 0 AND o.item_failure <> 'go_on'";

    private const string FailedItems = """'{"failed_items":' || items_failed || '}'""";

    private static readonly ArrayStatements Store = new(
        one: (rows, @lock) => StoreHeld(rows, @lock, OrderLocks.OfOne),
        many: (rows, @lock) => StoreHeld(rows, @lock, OrderLocks.OfMany));

    private static readonly ArrayStatements Refuse = new(RefuseHeld);

    public Task LockOrdersAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> results) =>
        OrderLocks.InTurn.ExecuteAsync(unit, ("ids", results.Select(r => r.Lease.ItemId).ToArray()));

    public async Task<IReadOnlyList<LeaseToken>> RecordRefusalsAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> refused, bool waits) =>
        await Refuse.For(refused.Count, waits).RowsAsync(
            unit,
            row => new LeaseToken(row.GetGuid(0), row.GetInt64(1)),
            ("ids", refused.Select(r => r.Lease.ItemId).ToArray()),
            ("epochs", refused.Select(r => r.Lease.Epoch).ToArray()),
            ("errors", refused.Select(r => r.Error()).ToArray()),
            ("holder", unit.Actor.LeaseHolder)).ConfigureAwait(false);

    public async Task<IReadOnlyList<StoredResult>> StoreAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> results, bool waits) =>
        await Store.For(results.Count, waits).RowsAsync(
            unit,
            row => new StoredResult(row.GetGuid(0), row.GetInt64(1), row.GetInt32(2), row.GetGuid(3), row.GetString(4), row.GetString(5)),
            [
                ("ids", results.Select(r => r.Lease.ItemId).ToArray()),
                ("epochs", results.Select(r => r.Lease.Epoch).ToArray()),
                ("results", results.Select(r => r.Text).ToArray()),
                ("hashes", results.Select(r => r.Hash).ToArray()),
                ("versions", results.Select(r => r.TypeVersion).ToArray()),
                ("payloads", results.Select(r => r.Payload).ToArray()),
                ("payload_hashes", results.Select(r => r.PayloadHash).ToArray()),
                ("holder", unit.Actor.LeaseHolder),
                ("submitted_for", unit.Actor.Principal?.ToString()),
                .. EventSql.Values(unit),
            ]).ConfigureAwait(false);

    private static Statement RefuseHeld(Func<string, string> rows, string @lock) => new(
        $"""
        WITH held AS MATERIALIZED (
            SELECT i.id, r.error
            FROM {rows("ids, epochs, errors")} AS r (id, epoch, error) JOIN [work_items] AS i ON {QueueSql.IsHeld("r.id", "r.epoch")}
            ORDER BY i.id {@lock}
        )
        UPDATE [work_items] AS i SET error = h.error::json, updated_at = @now, revision = i.revision + 1
        FROM held AS h WHERE i.id = h.id
        RETURNING i.id, i.lease_epoch
        """);

    private static Statement StoreHeld(Func<string, string> rows, string @lock, string lockOrders) => new(
        $"""
        {lockOrders}
        WITH given AS MATERIALIZED (
            SELECT * FROM {rows("ids, epochs, results, hashes, versions, payloads, payload_hashes")}
                AS g (id, epoch, result, hash, version, payload, payload_hash)
        ), locked AS MATERIALIZED (
            {OrderLocks.LiveOrders}
        ), held AS MATERIALIZED (
            SELECT i.id, i.state, g.result, g.hash, g.version, g.payload, g.payload_hash
            FROM given AS g JOIN [work_items] AS i ON {QueueSql.IsHeld("g.id", "g.epoch")} JOIN locked AS l ON l.id = i.order_id
            ORDER BY i.id {@lock}
        ), stored AS (
            UPDATE [work_items] AS i
            SET result = h.result::json, result_hash = h.hash, result_version = h.version,
                revision = i.revision + 1 + (h.state = 'leased')::int, {QueueSql.Submit}
            FROM held AS h
            WHERE i.id = h.id
            RETURNING i.id, i.order_id, i.tenant_id, i.lease_epoch, i.revision, h.state AS was, h.payload, h.payload_hash
        ), met AS (
            UPDATE [work_item_dependencies] AS d SET met_at = @now FROM stored AS s WHERE d.depends_on_id = s.id AND d.met_at IS NULL
            RETURNING d.id
        ), freed AS (
            UPDATE [work_items] AS i
            SET blocked_by = i.blocked_by - m.met, updated_at = @now, revision = i.revision + 1,
                ready_at = CASE WHEN i.state = 'queued' AND i.blocked_by = m.met AND i.available_at <= [clock] THEN [clock] END
            FROM (SELECT id, count(*)::int AS met FROM met GROUP BY id) AS m
            WHERE i.id = m.id
        ), moved AS (
            UPDATE [work_orders] AS o
            SET items_open = o.items_open - c.stored, updated_at = @now, revision = o.revision + 1,
                state = CASE WHEN o.items_open > c.stored THEN 'in_progress' WHEN {Fails} THEN 'failed' ELSE 'submitted' END,
                submitted_at = CASE WHEN o.items_open > c.stored OR {Fails} THEN o.submitted_at ELSE @now END,
                last_transitioned_at = CASE WHEN o.items_open > c.stored AND o.state = 'in_progress' THEN o.last_transitioned_at ELSE @now END
            FROM (SELECT order_id, count(*)::int AS stored FROM stored GROUP BY order_id) AS c JOIN locked AS l ON l.id = c.order_id
            WHERE o.id = c.order_id
            RETURNING o.id, o.tenant_id, o.type, o.state, o.items_failed, l.state AS was
        ), events AS (
            {EventSql.Insert(
                EventSql.OfItems("in_progress", "stored WHERE was = 'leased'"),
                EventSql.OfItems("submitted", "stored", "payload", "payload_hash"),
                EventSql.OfOrders("checked_out", "moved WHERE was = 'queued'"),
                EventSql.OfOrders("in_progress", "moved WHERE was <> 'in_progress'"),
                EventSql.OfOrdersByEngine("submitted", Lifecycle.AllSubmitted, "moved WHERE state = 'submitted' AND items_failed = 0"),
                EventSql.OfOrdersByEngine(
                    "submitted", Lifecycle.SubmittedWithoutSome, "moved WHERE state = 'submitted' AND items_failed > 0", FailedItems),
                EventSql.OfOrdersByEngine("failed", Lifecycle.SomeFailed, "moved WHERE state = 'failed'", FailedItems))}
        )
        SELECT s.id, s.lease_epoch, s.revision, m.id, m.type, m.state
        FROM stored AS s JOIN moved AS m ON m.id = s.order_id
        """);
}
