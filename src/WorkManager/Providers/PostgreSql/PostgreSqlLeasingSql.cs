using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Leasing;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Leasing on PostgreSQL: a claim is one statement, events and orders included.</summary>
internal sealed class PostgreSqlLeasingSql : ILeasingSql
{
    // PostgreSQL has no statistics of a computed value, and expects many rows. Of ready_at it has: if they were taken while nothing was ready, it expects no
    // row, all indexes cost the same, and it may read and sort the whole queue.
    private const string IsReady = "ready_at + interval '0' <> '-infinity'";

    // In a claim from one order, only the order is a condition that an index can serve. The others are written so that no index fits them: without statistics,
    // PostgreSQL could choose one of their indexes instead, and read the whole queue.
    private const string OfOrder =
        "order_id = @order AND ([all_tenants] OR tenant_id IS NOT DISTINCT FROM @tenant) AND priority + 0 >= @min_priority";

    private const string ByPriority = "priority DESC, ready_at, id";

    // The pick is materialized, because PostgreSQL may run a subquery with LIMIT once per row, and would then claim too many. Its ids are passed on as an
    // array: PostgreSQL expects ten elements of it, and looks up each of them by the key. The limit is hidden in a subquery: without statistics, PostgreSQL
    // expects few rows per tenant, fewer than a batch asks for, and would read and sort the whole queue. It estimates a hidden limit at a tenth of the rows,
    // and then reads in the order of the index.
    private static readonly ClaimStatements Claims = ClaimsOf("(SELECT @count)");

    // Its own text: PostgreSQL plans best for a limit that it sees, and this one is always the same.
    private static readonly ClaimStatements ClaimsOfOne = ClaimsOf("1");

    private static readonly FilteredStatements PromoteDue = new(filter =>
        $"""
        WITH due AS MATERIALIZED (
            SELECT i.id FROM [work_items] AS i
            WHERE [i.tenant] AND {WorkItem.WaitsForItsTime} AND available_at <= [instant] AND {filter}
            ORDER BY available_at LIMIT @limit FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE [work_items] AS i SET ready_at = [clock], updated_at = @now
        FROM due
        WHERE i.id = due.id AND {WorkItem.WaitsForItsTime} AND available_at <= [clock]
        """);

    private static readonly FilteredStatements FindExpired = new(QueueSql.FindExpired);

    private static readonly Statement LockExpired = new(
        $"""
        SELECT [i.*] FROM [work_items] AS i
        WHERE id = ANY(@ids) AND [tenant] AND {QueueSql.ByKey("state")} IN ('leased', 'in_progress') AND lease_expires_at <= [clock]
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        """);

    private static readonly ArrayStatements Beats = new(Beat);

    public Task<IReadOnlyList<WorkItem>> ClaimAsync(UnitOfWork unit, Claim claim)
    {
        var agent = new JsonObject { ["agent_id"] = unit.Actor.LeaseHolder }.ToJsonString(System.Text.Json.JsonSerializerOptions.Web);
        (string, object?)[] what = claim.Tenants is { } tenants
            ? [("tenants", tenants.ToArray()), ("share", claim.Share), ("type", claim.OrderType)]
            : [("order", claim.OrderId), ("type", claim.OrderType)];
        return (claim.Count == 1 ? ClaimsOfOne : Claims).For(claim).QueryAsync<WorkItem>(
            unit,
            QueryTrackingBehavior.NoTracking,
            [
                .. what,
                ("count", claim.Count),
                ("min_priority", claim.MinPriority ?? (short)0),
                ("holder", unit.Actor.LeaseHolder),
                ("seconds", claim.Seconds),
                ("agent", agent),
                .. EventSql.Values(unit),
            ]);
    }

    public Task<IReadOnlyList<string>> FindTenantsAsync(WorkManagerDbContext db, string? after, string? orderType, int limit) =>
        TenantStatements.FindAsync(db, after, orderType, limit);

    public Task<int> PromoteDueAsync(UnitOfWork unit, QueueFilter filter, int limit) =>
        PromoteDue.For(filter).ExecuteAsync(unit, [("limit", limit), .. FilteredStatements.Values(filter)]);

    public Task<IReadOnlyList<WorkItem>> FindExpiredAsync(WorkRows rows, WorkClock clock, QueueFilter filter, WorkItem? after, int limit) =>
        QueueSql.FindExpiredAsync(FindExpired, rows, clock.Source == ClockSource.Database, clock.Now(), filter, after, limit);

    public Task<IReadOnlyList<WorkItem>> LockExpiredAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds) =>
        LockExpired.QueryAsync<WorkItem>(unit, QueryTrackingBehavior.TrackAll, ("ids", itemIds.ToArray()));

    public async Task<IReadOnlyList<Beat>> BeatAsync(UnitOfWork unit, IReadOnlyList<LeaseToken> leases, bool waits, bool records) =>
        await Beats.For(leases.Count, waits).RowsAsync(
            unit,
            row => new Beat(row.GetGuid(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2)),
            [
                ("ids", leases.Select(l => l.ItemId).ToArray()),
                ("epochs", leases.Select(l => l.Epoch).ToArray()),
                ("holder", unit.Actor.LeaseHolder),
                ("records", records),
                .. EventSql.Values(unit),
            ]).ConfigureAwait(false);

    // The clock is read after the lock. So a heartbeat that had to wait neither shortens a lease, nor extends one that has run out meanwhile.
    private static Statement Beat(Func<string, string> rows, string @lock) => new(
        $"""
        WITH held AS MATERIALIZED (
            SELECT i.id, i.state FROM [work_items] AS i JOIN {rows("ids, epochs")} AS l (id, epoch) ON {QueueSql.IsHeld("l.id", "l.epoch")}
            ORDER BY i.id {@lock}
        ), beaten AS (
            UPDATE [work_items] AS i
            SET last_heartbeat_at = t.now, lease_expires_at = t.now + make_interval(secs => i.lease_seconds), updated_at = @now,
                state = 'in_progress', revision = i.revision + (i.state = 'leased')::int
            FROM held CROSS JOIN LATERAL (SELECT [clock] AS now WHERE held.id IS NOT NULL OFFSET 0) AS t
            WHERE i.id = held.id AND i.lease_expires_at > t.now
            RETURNING i.id, i.order_id, i.tenant_id, i.lease_epoch, i.lease_expires_at, held.state = 'leased' AS is_first
        ), beginning AS MATERIALIZED (
            SELECT o.id, o.state FROM [work_orders] AS o
            WHERE o.id IN (SELECT order_id FROM beaten WHERE is_first) AND {QueueSql.ByKey("o.state")} IN ('queued', 'checked_out')
            FOR NO KEY UPDATE SKIP LOCKED
        ), begun AS (
            UPDATE [work_orders] AS o
            SET state = 'in_progress', last_transitioned_at = @now, updated_at = @now, revision = o.revision + 1
            FROM beginning
            WHERE o.id = beginning.id
            RETURNING o.id, o.tenant_id, beginning.state AS was
        ), events AS (
            {EventSql.Insert(
                EventSql.OfItems("in_progress", "beaten WHERE is_first"),
                EventSql.OfItems("heartbeat", "beaten WHERE @records AND NOT is_first", EventSql.LeasePayload),
                EventSql.OfOrders("checked_out", "begun WHERE was = 'queued'"),
                EventSql.OfOrders("in_progress", "begun"))}
        )
        SELECT id, lease_epoch, lease_expires_at FROM beaten
        """);

    private static ClaimStatements ClaimsOf(string limit) => new(
        Any: ClaimOf(Pick("[tenant] AND priority >= @min_priority", ByPriority, limit)),
        OfType: ClaimOf(Pick("[tenant] AND order_type = @type AND priority >= @min_priority", ByPriority, limit)),
        OfOrder: ClaimOf(Pick(OfOrder, "ready_at, id", limit)),
        OfOrderAndType: ClaimOf(Pick($"{OfOrder} AND @type = (SELECT o.type FROM [work_orders] AS o WHERE o.id = @order)", "ready_at, id", limit)),
        OfTenants: ClaimOf(PickInTurn("priority >= @min_priority")),
        OfTenantsAndType: ClaimOf(PickInTurn("order_type = @type AND priority >= @min_priority")));

    private static string Pick(string filter, string order, string limit) =>
        $"""
        SELECT id FROM [work_items]
            WHERE {IsReady} AND {filter}
            ORDER BY {order} LIMIT {limit} FOR NO KEY UPDATE SKIP LOCKED
        """;

    private static string PickInTurn(string filter) =>
        $"""
        SELECT p.id FROM unnest(@tenants) AS t (id) CROSS JOIN LATERAL (
                {Pick($"tenant_id = t.id AND {filter}", ByPriority, "(SELECT @share)")}
            ) AS p
            LIMIT (SELECT @count)
        """;

    private static Statement ClaimOf(string pick) => new(
        $"""
        WITH pick AS MATERIALIZED (
            {pick}
        ), lease AS MATERIALIZED (
            SELECT t.now, t.now + make_interval(secs => @seconds) AS expires FROM (SELECT [clock] AS now) AS t
        ), claimed AS (
            UPDATE [work_items] AS i
            SET {QueueSql.Grant("lease.now", "lease.expires")}
            FROM lease
            WHERE i.id = ANY(ARRAY(SELECT id FROM pick)) AND {QueueSql.ByKey("i.state")} = 'queued'
            RETURNING i.*
        ), opening AS MATERIALIZED (
            SELECT o.id FROM [work_orders] AS o
            WHERE o.id IN (SELECT order_id FROM claimed) AND {QueueSql.ByKey("o.state")} = 'queued'
            FOR NO KEY UPDATE SKIP LOCKED
        ), opened AS (
            UPDATE [work_orders] AS o
            SET state = 'checked_out', last_transitioned_at = @now, updated_at = @now, revision = o.revision + 1
            FROM opening
            WHERE o.id = opening.id
            RETURNING o.id, o.tenant_id
        ), events AS (
            {EventSql.Insert(
                EventSql.OfItems("leased", "claimed", EventSql.LeasePayload),
                EventSql.OfOrders("checked_out", "opened", "@agent"))}
        )
        SELECT [i.*] FROM claimed AS i
        """);
}
