using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Submitting;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Submitting on PostgreSQL: one statement, whatever the number of results and orders.</summary>
/// <remarks>
/// The counters make it possible: a statement that looked whether any item is open would look at a time before it got the order's lock. The orders are
/// locked by a statement before it all the same: one that locks a row and then writes it, while others wait for that row, starts again from the version
/// that it saw at first, behind those who wait for it, which PostgreSQL ends as a deadlock.
/// </remarks>
internal sealed class PostgreSqlSubmittingSql : ISubmittingSql
{
    private const string AllSubmitted = "All items submitted";
    private const string SomeFailed = "Items failed for good";

    private static readonly ArrayStatements Store = new(
        one: (rows, @lock) => StoreHeld(rows, @lock, "o.id = (SELECT order_id FROM [work_items] WHERE id = (@ids)[1])"),
        many: (rows, @lock) => StoreHeld(rows, @lock, "o.id IN (SELECT order_id FROM [work_items] WHERE id = ANY(@ids))"));

    private static readonly Statement LockOrders = new(
        "SELECT id FROM [work_orders] WHERE id IN (SELECT order_id FROM [work_items] WHERE id = ANY(@ids)) ORDER BY id FOR NO KEY UPDATE");

    private static readonly ArrayStatements Refuse = new(RefuseHeld);

    public Task LockOrdersAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> results) =>
        LockOrders.ExecuteAsync(unit, ("ids", results.Select(r => r.Lease.ItemId).ToArray()));

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
            ("ids", results.Select(r => r.Lease.ItemId).ToArray()),
            ("epochs", results.Select(r => r.Lease.Epoch).ToArray()),
            ("results", results.Select(r => r.Text).ToArray()),
            ("hashes", results.Select(r => r.Hash).ToArray()),
            ("payloads", results.Select(r => r.Payload).ToArray()),
            ("payload_hashes", results.Select(r => r.PayloadHash).ToArray()),
            ("holder", unit.Actor.LeaseHolder),
            ("actor_type", StateNames.ToName(unit.Actor.Type)),
            ("actor_id", unit.Actor.Id),
            ("on_behalf_of", unit.Actor.OnBehalfOf?.ToString()),
            ("submitted_for", unit.Actor.Principal?.ToString()),
            ("trace_parent", unit.Audit.TraceParent),
            ("engine_type", StateNames.ToName(Lifecycle.Engine.Type)),
            ("engine_id", Lifecycle.Engine.Id),
            ("no_hash", AuditTrail.Digest(null, null, null)),
            ("all_hash", AuditTrail.Digest(null, null, AllSubmitted))).ConfigureAwait(false);

    private static Statement RefuseHeld(Func<string, string> rows, string @lock) => new(
        $"""
        WITH held AS MATERIALIZED (
            SELECT i.id, r.error
            FROM {rows("ids, epochs, errors")} AS r (id, epoch, error) JOIN [work_items] AS i ON i.id = r.id AND i.lease_epoch = r.epoch
            WHERE i.leased_by_agent_id = @holder AND i.lease_expires_at > [clock] AND i.state IN ('leased', 'in_progress')
            ORDER BY i.id {@lock}
        )
        UPDATE [work_items] AS i SET error = h.error::json, updated_at = @now, revision = i.revision + 1
        FROM held AS h WHERE i.id = h.id
        RETURNING i.id, i.lease_epoch
        """);

    // The first statement only locks: the second one's condition holds for no row, but looks at each. Both are one command, and so one transaction.
    private static Statement StoreHeld(Func<string, string> rows, string @lock, string ordersOfItems) => new(
        $$$"""
        WITH locked AS MATERIALIZED (SELECT o.id FROM [work_orders] AS o WHERE {{{ordersOfItems}}} ORDER BY o.id FOR NO KEY UPDATE)
        UPDATE [work_orders] AS o SET revision = o.revision FROM locked AS l WHERE o.id = l.id AND l.id IS NULL;
        WITH given AS MATERIALIZED (
            SELECT * FROM {{{rows("ids, epochs, results, hashes, payloads, payload_hashes")}}} AS g (id, epoch, result, hash, payload, payload_hash)
        ), locked AS MATERIALIZED (
            SELECT o.id, o.state FROM [work_orders] AS o
            WHERE o.id IN (SELECT i.order_id FROM given AS g JOIN [work_items] AS i ON i.id = g.id) AND o.state IN ('queued', 'checked_out', 'in_progress')
        ), held AS MATERIALIZED (
            SELECT i.id, i.state, g.result, g.hash, g.payload, g.payload_hash
            FROM given AS g JOIN [work_items] AS i ON i.id = g.id AND i.lease_epoch = g.epoch JOIN locked AS l ON l.id = i.order_id
            WHERE i.leased_by_agent_id = @holder AND i.lease_expires_at > [clock] AND i.state IN ('leased', 'in_progress')
            ORDER BY i.id {{{@lock}}}
        ), stored AS (
            UPDATE [work_items] AS i
            SET state = 'submitted', result = h.result::json, result_hash = h.hash, error = NULL,
                submitted_at = @now, submitted_by_type = @actor_type, submitted_by_id = @actor_id, submitted_for = @submitted_for::text,
                leased_by_agent_id = NULL, lease_expires_at = NULL, last_heartbeat_at = NULL, leased_at = NULL, lease_seconds = NULL,
                updated_at = @now, revision = i.revision + 1 + (h.state = 'leased')::int
            FROM held AS h
            WHERE i.id = h.id
            RETURNING i.id, i.order_id, i.tenant_id, i.lease_epoch, i.revision, h.state AS was, h.payload, h.payload_hash
        ), moved AS (
            UPDATE [work_orders] AS o
            SET items_open = o.items_open - c.stored, updated_at = @now, revision = o.revision + 1,
                state = CASE WHEN o.items_open > c.stored THEN 'in_progress' WHEN o.items_failed > 0 THEN 'failed' ELSE 'submitted' END,
                last_transitioned_at = CASE WHEN o.items_open > c.stored AND o.state = 'in_progress' THEN o.last_transitioned_at ELSE @now END
            FROM (SELECT order_id, count(*)::int AS stored FROM stored GROUP BY order_id) AS c JOIN locked AS l ON l.id = c.order_id
            WHERE o.id = c.order_id
            RETURNING o.id, o.tenant_id, o.type, o.state, o.items_failed, l.state AS was
        ), events AS (
            INSERT INTO [work_events]
                (order_id, item_id, tenant_id, event, actor_type, actor_id, on_behalf_of, payload, message, lease_epoch, content_hash, trace_parent, created_at)
            SELECT e.order_id, e.item_id, e.tenant_id, e.event,
                CASE WHEN e.rank < 5 THEN @actor_type ELSE @engine_type END, CASE WHEN e.rank < 5 THEN @actor_id ELSE @engine_id END,
                CASE WHEN e.rank < 5 THEN @on_behalf_of::text END, e.payload::json, e.message, e.lease_epoch, e.hash, @trace_parent::text, @now
            FROM (
                SELECT 1 AS rank, s.id AS item_id, s.order_id, s.tenant_id, 'in_progress' AS event,
                    NULL AS payload, NULL AS message, s.lease_epoch, @no_hash AS hash
                FROM stored AS s WHERE s.was = 'leased'
                UNION ALL
                SELECT 2, s.id, s.order_id, s.tenant_id, 'submitted', s.payload, NULL, s.lease_epoch, s.payload_hash FROM stored AS s
                UNION ALL
                SELECT 3, NULL, m.id, m.tenant_id, 'checked_out', NULL, NULL, NULL, @no_hash FROM moved AS m WHERE m.was = 'queued'
                UNION ALL
                SELECT 4, NULL, m.id, m.tenant_id, 'in_progress', NULL, NULL, NULL, @no_hash FROM moved AS m WHERE m.was <> 'in_progress'
                UNION ALL
                SELECT 5, NULL, m.id, m.tenant_id, 'submitted', NULL, '{{{AllSubmitted}}}', NULL, @all_hash FROM moved AS m WHERE m.state = 'submitted'
                UNION ALL
                SELECT 5, NULL, m.id, m.tenant_id, 'failed', f.payload, '{{{SomeFailed}}}', NULL,
                    encode(sha256(convert_to(f.payload || chr(31) || chr(31) || '{{{SomeFailed}}}', 'UTF8')), 'hex')
                FROM moved AS m CROSS JOIN LATERAL (SELECT '{"failed_items":' || m.items_failed || '}' AS payload) AS f WHERE m.state = 'failed'
            ) AS e
            ORDER BY e.rank, e.item_id
        )
        SELECT s.id, s.lease_epoch, s.revision, m.id, m.type, m.state
        FROM stored AS s JOIN moved AS m ON m.id = s.order_id
        """);
}
