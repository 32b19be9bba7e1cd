using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Leasing;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Leasing on PostgreSQL: a claim is one statement, events and orders included.</summary>
internal sealed class PostgreSqlLeasingSql : ILeasingSql
{
    // What is picked is materialized: an IN over a LIMIT may be run again a row, and claim more.
    private static readonly ClaimStatements Claims = new(
        Any: ClaimWhere("priority >= @min_priority", "priority DESC, ready_at, id"),
        OfType: ClaimWhere("order_type = @type AND priority >= @min_priority", "priority DESC, ready_at, id"),
        OfOrder: ClaimWhere("order_id = @order AND priority >= @min_priority", "ready_at, id"),
        // All items of an order are of its type: the type only says yes or no, and is no index condition.
        OfOrderAndType: ClaimWhere("order_id = @order AND order_type || '' = @type AND priority >= @min_priority", "ready_at, id"));

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
        SELECT * FROM [work_items]
        WHERE state IN ('leased', 'in_progress') AND lease_expires_at <= [instant] AND (lease_expires_at, id) > (@after, @after_id)
        ORDER BY lease_expires_at, id LIMIT @limit
        """);

    private static readonly Statement LockExpired = new(
        """
        SELECT * FROM [work_items]
        WHERE id = ANY(@ids) AND state IN ('leased', 'in_progress') AND lease_expires_at <= [clock]
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        """);

    private static readonly Statement TryLockCheckedOutOrder = new(
        "SELECT * FROM [work_orders] WHERE id = @id AND state IN ('queued', 'checked_out') FOR NO KEY UPDATE SKIP LOCKED");

    public Task<IReadOnlyList<WorkItem>> ClaimAsync(UnitOfWork unit, Claim claim)
    {
        var agent = new JsonObject { ["agent_id"] = unit.Actor.LeaseHolder }.ToJsonString(System.Text.Json.JsonSerializerOptions.Web);
        return Claims.For(claim).QueryAsync<WorkItem>(
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

    public async Task<WorkOrder?> TryLockCheckedOutOrderAsync(UnitOfWork unit, Guid orderId) =>
        (await TryLockCheckedOutOrder.QueryAsync<WorkOrder>(unit, QueryTrackingBehavior.TrackAll, ("id", orderId)).ConfigureAwait(false)).SingleOrDefault();

    private static Statement ClaimWhere(string filter, string order) => new(
        $$$"""
        WITH pick AS MATERIALIZED (
            SELECT id FROM [work_items]
            WHERE ready_at IS NOT NULL AND tenant_id = '' AND {{{filter}}}
            ORDER BY {{{order}}} LIMIT @count FOR NO KEY UPDATE SKIP LOCKED
        ), lease AS MATERIALIZED (
            SELECT t.now, t.now + make_interval(secs => @seconds) AS expires,
                '{{"lease_expires_at":"' || to_char((t.now + make_interval(secs => @seconds)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00"}}' AS payload
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
        SELECT * FROM claimed
        """);
}
