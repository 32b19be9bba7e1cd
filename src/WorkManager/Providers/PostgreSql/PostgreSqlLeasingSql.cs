using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Leasing;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Leasing on PostgreSQL: a claim is one statement, events and orders included.</summary>
internal sealed class PostgreSqlLeasingSql : ILeasingSql
{
    // What is picked is materialized: an IN over a LIMIT may be run again a row, and claim more. Where the tenant does not lead the index it is hidden from
    // the planner, and is no equality: before there are statistics that let it expect a row or two, and it read and sorted all of the queue. Nothing is less
    // than the empty text.
    private static readonly ClaimStatements Claims = ClaimsOf("@count");

    // Its own text: for a limit that it cannot see PostgreSQL would plan each claim anew.
    private static readonly ClaimStatements ClaimsOfOne = ClaimsOf("1");

    private static readonly Statement PromoteDue = new(
        """
        WITH due AS MATERIALIZED (
            SELECT id FROM [work_items]
            WHERE state = 'queued' AND ready_at IS NULL AND blocked_by = 0 AND available_at <= [instant]
            ORDER BY available_at LIMIT @limit FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE [work_items] AS i SET ready_at = [clock], updated_at = @now
        FROM due
        WHERE i.id = due.id AND i.state = 'queued' AND i.ready_at IS NULL AND i.blocked_by = 0 AND i.available_at <= [clock]
        """);

    private static readonly Statement FindExpired = new(
        """
        SELECT [i.*] FROM [work_items] AS i
        WHERE state IN ('leased', 'in_progress') AND lease_expires_at <= [instant] AND (lease_expires_at, id) > (@after, @after_id)
        ORDER BY lease_expires_at, id LIMIT @limit
        """);

    private static readonly Statement LockExpired = new(
        """
        SELECT [i.*] FROM [work_items] AS i
        WHERE id = ANY(@ids) AND state IN ('leased', 'in_progress') AND lease_expires_at <= [clock]
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        """);

    private static readonly ArrayStatements Beats = new(Beat);

    public Task<IReadOnlyList<WorkItem>> ClaimAsync(UnitOfWork unit, Claim claim)
    {
        var agent = new JsonObject { ["agent_id"] = unit.Actor.LeaseHolder }.ToJsonString(System.Text.Json.JsonSerializerOptions.Web);
        return (claim.Count == 1 ? ClaimsOfOne : Claims).For(claim).QueryAsync<WorkItem>(
            unit,
            QueryTrackingBehavior.NoTracking,
            ("count", claim.Count),
            ("type", claim.OrderType),
            ("order", claim.OrderId),
            ("min_priority", claim.MinPriority ?? (short)0),
            ("holder", unit.Actor.LeaseHolder),
            ("seconds", (int)Math.Ceiling(claim.Ttl.TotalSeconds)),
            ("actor_type", StateNames.ToName(unit.Actor.Type)),
            ("actor_id", unit.Actor.Id),
            ("on_behalf_of", unit.Actor.OnBehalfOf?.ToString()),
            ("trace_parent", unit.Audit.TraceParent),
            ("agent", agent),
            ("agent_hash", AuditTrail.Digest(agent, null, null)));
    }

    public Task<int> PromoteDueAsync(UnitOfWork unit, int limit) => PromoteDue.ExecuteAsync(unit, ("limit", limit));

    public Task<IReadOnlyList<WorkItem>> FindExpiredAsync(WorkManagerDbContext db, WorkClock clock, WorkItem? after, int limit) =>
        FindExpired.QueryAsync<WorkItem>(
            db, clock.Source == ClockSource.Database, QueryTrackingBehavior.NoTracking, ("now", clock.Now().UtcDateTime), ("limit", limit),
            ("after", after?.LeaseExpiresAt?.UtcDateTime ?? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc)), ("after_id", after?.Id ?? Guid.Empty));

    public Task<IReadOnlyList<WorkItem>> LockExpiredAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds) =>
        LockExpired.QueryAsync<WorkItem>(unit, QueryTrackingBehavior.TrackAll, ("ids", itemIds.ToArray()));

    public async Task<IReadOnlyList<Beat>> BeatAsync(UnitOfWork unit, IReadOnlyList<LeaseToken> leases, bool waits, bool records) =>
        await Beats.For(leases.Count, waits).RowsAsync(
            unit,
            row => new Beat(row.GetGuid(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2)),
            ("ids", leases.Select(l => l.ItemId).ToArray()),
            ("epochs", leases.Select(l => l.Epoch).ToArray()),
            ("holder", unit.Actor.LeaseHolder),
            ("records", records),
            ("actor_type", StateNames.ToName(unit.Actor.Type)),
            ("actor_id", unit.Actor.Id),
            ("on_behalf_of", unit.Actor.OnBehalfOf?.ToString()),
            ("trace_parent", unit.Audit.TraceParent),
            ("no_hash", AuditTrail.Digest(null, null, null))).ConfigureAwait(false);

    // The clock is read with the lock: a beat that had to wait must not shorten a lease, nor revive one that has run out meanwhile.
    private static Statement Beat(Func<string, string> rows, string @lock) => new(
        $$$"""
        WITH held AS MATERIALIZED (
            SELECT i.id, i.state FROM [work_items] AS i JOIN {{{rows("ids, epochs")}}} AS l (id, epoch) ON i.id = l.id AND i.lease_epoch = l.epoch
            WHERE i.leased_by_agent_id = @holder AND i.lease_expires_at > [clock] AND i.state IN ('leased', 'in_progress')
            ORDER BY i.id {{{@lock}}}
        ), beaten AS (
            UPDATE [work_items] AS i
            SET last_heartbeat_at = t.now, lease_expires_at = t.now + make_interval(secs => i.lease_seconds), updated_at = @now,
                state = 'in_progress', revision = i.revision + (i.state = 'leased')::int
            FROM held CROSS JOIN LATERAL (SELECT [clock] AS now WHERE held.id IS NOT NULL OFFSET 0) AS t
            WHERE i.id = held.id AND i.lease_expires_at > t.now
            RETURNING i.id, i.order_id, i.tenant_id, i.lease_epoch, i.lease_expires_at, held.state = 'leased' AS is_first
        ), beginning AS MATERIALIZED (
            SELECT o.id, o.state FROM [work_orders] AS o
            WHERE o.id IN (SELECT order_id FROM beaten WHERE is_first) AND o.state IN ('queued', 'checked_out')
            FOR NO KEY UPDATE SKIP LOCKED
        ), begun AS (
            UPDATE [work_orders] AS o
            SET state = 'in_progress', last_transitioned_at = @now, updated_at = @now, revision = o.revision + 1
            FROM beginning
            WHERE o.id = beginning.id
            RETURNING o.id, o.tenant_id, beginning.state AS was
        ), events AS (
            INSERT INTO [work_events]
                (order_id, item_id, tenant_id, event, actor_type, actor_id, on_behalf_of, payload, lease_epoch, content_hash, trace_parent, created_at)
            SELECT e.order_id, e.item_id, e.tenant_id, e.event, @actor_type, @actor_id, @on_behalf_of::text, e.payload::json, e.lease_epoch,
                coalesce(encode(sha256(convert_to(e.payload || chr(31) || chr(31), 'UTF8')), 'hex'), @no_hash), @trace_parent::text, @now
            FROM (
                SELECT 1 AS rank, b.id AS item_id, b.order_id, b.tenant_id, 'in_progress' AS event, NULL AS payload, b.lease_epoch
                FROM beaten AS b WHERE b.is_first
                UNION ALL
                SELECT 1, b.id, b.order_id, b.tenant_id, 'heartbeat',
                    '{"lease_expires_at":"' || to_char(b.lease_expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00"}', b.lease_epoch
                FROM beaten AS b WHERE @records AND NOT b.is_first
                UNION ALL
                SELECT 2, NULL, o.id, o.tenant_id, 'checked_out', NULL, NULL FROM begun AS o WHERE o.was = 'queued'
                UNION ALL
                SELECT 3, NULL, o.id, o.tenant_id, 'in_progress', NULL, NULL FROM begun AS o
            ) AS e
            ORDER BY e.rank, e.item_id
        )
        SELECT id, lease_epoch, lease_expires_at FROM beaten
        """);

    private static ClaimStatements ClaimsOf(string limit) => new(
        Any: ClaimWhere("tenant_id || '' <= '' AND priority >= @min_priority", "priority DESC, ready_at, id", limit),
        OfType: ClaimWhere("tenant_id = '' AND order_type = @type AND priority >= @min_priority", "priority DESC, ready_at, id", limit),
        OfOrder: ClaimWhere("order_id = @order AND tenant_id || '' <= '' AND priority >= @min_priority", "ready_at, id", limit),
        // All items of an order are of its type: the type only says yes or no, and is no index condition.
        OfOrderAndType: ClaimWhere(
            "order_id = @order AND tenant_id || '' <= '' AND order_type || '' = @type AND priority >= @min_priority", "ready_at, id", limit));

    private static Statement ClaimWhere(string filter, string order, string limit) => new(
        $$$"""
        WITH pick AS MATERIALIZED (
            SELECT id FROM [work_items]
            WHERE ready_at IS NOT NULL AND {{{filter}}}
            ORDER BY {{{order}}} LIMIT {{{limit}}} FOR NO KEY UPDATE SKIP LOCKED
        ), lease AS MATERIALIZED (
            SELECT t.now, t.now + make_interval(secs => @seconds) AS expires,
                '{"lease_expires_at":"'
                    || to_char((t.now + make_interval(secs => @seconds)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00"}' AS payload
            FROM (SELECT [clock] AS now) AS t
        ), claimed AS (
            UPDATE [work_items] AS i
            SET state = 'leased', ready_at = NULL, leased_by_agent_id = @holder, lease_epoch = i.lease_epoch + 1, lease_seconds = @seconds,
                leased_at = lease.now, last_heartbeat_at = lease.now, lease_expires_at = lease.expires, updated_at = @now, revision = i.revision + 1
            FROM pick, lease
            WHERE i.id = pick.id AND i.ready_at IS NOT NULL
            RETURNING i.*
        ), opening AS MATERIALIZED (
            SELECT o.id FROM [work_orders] AS o
            WHERE o.id IN (SELECT order_id FROM claimed) AND o.state = 'queued'
            FOR NO KEY UPDATE SKIP LOCKED
        ), opened AS (
            UPDATE [work_orders] AS o
            SET state = 'checked_out', last_transitioned_at = @now, updated_at = @now, revision = o.revision + 1
            FROM opening
            WHERE o.id = opening.id
            RETURNING o.id, o.tenant_id
        ), events AS (
            INSERT INTO [work_events]
                (order_id, item_id, tenant_id, event, actor_type, actor_id, on_behalf_of, payload, lease_epoch, content_hash, trace_parent, created_at)
            SELECT e.order_id, e.item_id, e.tenant_id, e.event, @actor_type, @actor_id, @on_behalf_of::text, e.payload::json, e.lease_epoch, e.hash,
                @trace_parent::text, @now
            FROM (
                SELECT 1 AS rank, c.id AS item_id, c.order_id, c.tenant_id, 'leased' AS event, lease.payload, c.lease_epoch,
                    encode(sha256(convert_to(lease.payload || chr(31) || chr(31), 'UTF8')), 'hex') AS hash
                FROM claimed AS c, lease
                UNION ALL
                SELECT 2, NULL, o.id, o.tenant_id, 'checked_out', @agent, NULL, @agent_hash FROM opened AS o
            ) AS e
            ORDER BY e.rank, e.item_id
        )
        SELECT [i.*] FROM claimed AS i
        """);
}
