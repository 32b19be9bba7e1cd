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
    private static readonly string OfOrder =
        $"""
        order_id = @order AND ([all_tenants] OR tenant_id IS NOT DISTINCT FROM @tenant) AND priority + 0 >= @min_priority
            AND (SELECT o.type FROM [work_orders] AS o WHERE o.id = @order AND NOT {QueueSql.IsPaused("o.type")}) = ANY(@types)
        """;

    private const string Expires = "lease_expires_at + interval '0'";

    // Arrays have no nulls.
    private const int NotSaid = -1;

    private const string ByPriority = "priority DESC, ready_at, id";

    // How long the lease of item i lasts.
    private const string Seconds =
        """
        CASE WHEN @asked > 0 THEN @asked
            ELSE LEAST(COALESCE(i.planned_lease_seconds, (@seconds)[array_position(@types, i.order_type::text)]), @most) END
        """;

    // PostgreSQL does not know that this is no limit. It expects a tenth of the rows to be read, and reads them in the order of the index.
    private const string NoLimit = "(SELECT NULL::bigint)";

    // The pick is materialized, because PostgreSQL may run a subquery with LIMIT once per row, and would then claim too many. Its ids are passed on as an
    // array: PostgreSQL expects ten elements of it, and looks up each of them by the key. The limit is hidden in a subquery: without statistics, PostgreSQL
    // expects few rows per tenant, fewer than a batch asks for, and would read and sort the whole queue. It estimates a hidden limit at a tenth of the rows,
    // and then reads in the order of the index.
    private static readonly ClaimStatements Claims = ClaimsOf("(SELECT @count)");

    // Its own text: PostgreSQL plans best for a limit that it sees, and this one is always the same.
    private static readonly ClaimStatements ClaimsOfOne = ClaimsOf("1");

    private static readonly TenantStatements Tenants = new(IsReady, "unnest(@types) AS t (value)");

    // The names are hashed: two with one hash would take turns without need. A lock is there as long as its transaction.
    private static readonly Statement LockFreeLimits = new(
        "SELECT l.name FROM unnest(@names) AS l (name) WHERE pg_try_advisory_xact_lock(hashtextextended(l.name, 0))");

    // The function returns an empty value once it has the lock.
    private static readonly Statement LockLimits = new(
        "SELECT l.name FROM unnest(@names) AS l (name) WHERE pg_advisory_xact_lock(hashtextextended(l.name, 0))::text IS NOT NULL");

    private static readonly Statement CountOfAgent = new(QueueSql.CountLeasesOfAgent(Expires));
    private static readonly Statement CountOfTenants = new(QueueSql.CountLeases("unnest(@tenants) AS t (value)", null, Expires));
    private static readonly Statement CountOfTypes = new(QueueSql.CountLeases("unnest(@tenants) AS t (value)", "SELECT unnest(@types)", Expires));

    private static readonly FilteredStatements PromoteDue = new("SELECT unnest(@types)", filter =>
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

    private static readonly FilteredStatements FindExpired = new("SELECT unnest(@types)", QueueSql.FindExpired);

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
        (string, object?)[] where = claim switch
        {
            { OrderId: { } order } => [("order", order)],
            { Tenants: { } tenants } => [("tenants", tenants.ToArray()), ("share", claim.Share)],
            _ => [],
        };
        return (claim.Count == 1 ? ClaimsOfOne : Claims).For(claim).QueryAsync<WorkItem>(
            unit,
            QueryTrackingBehavior.NoTracking,
            [
                .. where,
                ("types", claim.Types.ToArray()),
                ("count", claim.Count),
                ("min_priority", claim.MinPriority),
                ("holder", unit.Actor.LeaseHolder),
                ("asked", claim.Times.Asked),
                ("seconds", claim.Times.OfTypes.ToArray()),
                ("most", claim.Times.Most),
                ("agent", agent),
                .. EventSql.Values(unit),
            ]);
    }

    public Task<IReadOnlyList<string>> LockLimitsAsync(UnitOfWork unit, IReadOnlyList<string> names, bool waits) =>
        (waits ? LockLimits : LockFreeLimits).RowsAsync(unit, row => row.GetString(0), ("names", names.ToArray()));

    public async Task<int> CountLeasesAsync(WorkRows rows, WorkClock clock, string holder, string? tenantId) => (int)(await CountOfAgent.RowsAsync(
        rows, clock.Source == ClockSource.Database, row => row.GetInt64(0), ("now", clock.Now().UtcDateTime), ("holder", holder), ("within", tenantId))
        .ConfigureAwait(false)).Single();

    public Task<IReadOnlyList<LiveLeases>> CountLeasesAsync(
        WorkRows rows, WorkClock clock, IReadOnlyList<string> tenants, IReadOnlyList<string>? types)
    {
        (string, object?)[] where = [("now", clock.Now().UtcDateTime), ("tenants", tenants.ToArray())];
        return types is null
            ? CountOfTenants.RowsAsync(rows, clock.Source == ClockSource.Database, QueueSql.ReadLeases, where)
            : CountOfTypes.RowsAsync(rows, clock.Source == ClockSource.Database, QueueSql.ReadLeases, [.. where, ("types", types.ToArray())]);
    }

    public Task<IReadOnlyList<string>> FindTenantsAsync(WorkManagerDbContext db, string? after, IReadOnlyList<string> types, int limit) =>
        Tenants.FindAsync(db, after, types.ToArray(), limit);

    public Task<int> PromoteDueAsync(UnitOfWork unit, QueueFilter filter, int limit) =>
        PromoteDue.For(filter).ExecuteAsync(unit, [("limit", limit), .. FilteredStatements.Values(filter, types => types.ToArray())]);

    public Task<IReadOnlyList<WorkItem>> FindExpiredAsync(WorkRows rows, WorkClock clock, QueueFilter filter, WorkItem? after, int limit) =>
        QueueSql.FindExpiredAsync(
            FindExpired, rows, clock.Source == ClockSource.Database, clock.Now(), after, limit, filter, types => types.ToArray());

    public Task<IReadOnlyList<WorkItem>> LockExpiredAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds) =>
        LockExpired.QueryAsync<WorkItem>(unit, QueryTrackingBehavior.TrackAll, ("ids", itemIds.ToArray()));

    public async Task<IReadOnlyList<Beat>> BeatAsync(UnitOfWork unit, IReadOnlyList<BeatRequest> beats, bool waits, bool records) =>
        await Beats.For(beats.Count, waits).RowsAsync(
            unit,
            row => new Beat(row.GetGuid(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2)),
            [
                ("ids", beats.Select(b => b.Lease.ItemId).ToArray()),
                ("epochs", beats.Select(b => b.Lease.Epoch).ToArray()),
                ("progress", beats.Select(b => b.Progress ?? NotSaid).ToArray()),
                ("holder", unit.Actor.LeaseHolder),
                ("records", records),
                .. EventSql.Values(unit),
            ]).ConfigureAwait(false);

    // The clock is read after the lock. So a heartbeat that had to wait neither shortens a lease, nor extends one that has run out meanwhile.
    private static Statement Beat(Func<string, string> rows, string @lock) => new(
        $"""
        WITH held AS MATERIALIZED (
            SELECT i.id, i.state, l.progress FROM [work_items] AS i
            JOIN {rows("ids, epochs, progress")} AS l (id, epoch, progress) ON {QueueSql.IsHeld("l.id", "l.epoch")}
            ORDER BY i.id {@lock}
        ), beaten AS (
            UPDATE [work_items] AS i
            SET last_heartbeat_at = t.now, lease_expires_at = t.now + make_interval(secs => i.lease_seconds), updated_at = @now,
                state = 'in_progress', revision = i.revision + (i.state = 'leased')::int,
                progress = CASE WHEN held.progress = {NotSaid} THEN i.progress ELSE held.progress END
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
        OfTypes: new(types => ClaimOf(Pick("[tenant]", types, limit))),
        OfTenants: new(types => ClaimOf(PickInTurn(types))),
        OfOrder: ClaimOf(Pick(OfOrder, "ready_at, id", limit)));

    /// <summary>Picks from the queues of some types, each of which is a range of the index.</summary>
    private static string Pick(string tenant, int types, string limit) =>
        types == 1 ? Pick(OfType(tenant, 1), ByPriority, limit) : PickMerged(tenant, types, limit);

    private static string Pick(string filter, string order, string limit) =>
        $"""
        SELECT id FROM [work_items]
            WHERE {IsReady} AND {filter}
            ORDER BY {order} LIMIT {limit} FOR NO KEY UPDATE SKIP LOCKED
        """;

    // PostgreSQL merges the ranges: it reads one item of each, and then the next one of that from which it took. A merge cannot lock rows, so each row is
    // locked by its place, which is the same during a statement. The lock looks at the row as it is then. A row that was taken meanwhile has another place;
    // PostgreSQL 15.18 sees that, but older servers do not look at the place again (TidRecheck in nodeTidscan.c), and need the condition on ready_at. It must
    // fit no index.
    private static string PickMerged(string tenant, int types, string limit) =>
        $"""
        SELECT i.id FROM (
                {string.Join(" UNION ALL ", Enumerable.Range(1, types).Select(type => $"({Range(OfType(tenant, type))})"))}
                ORDER BY {ByPriority}
            ) AS n CROSS JOIN LATERAL (
                SELECT i.id FROM [work_items] AS i WHERE i.ctid = n.place AND COALESCE(i.ready_at, '-infinity') > '-infinity'
                LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
            ) AS i
            LIMIT {limit}
        """;

    private static string Range(string filter) =>
        $"SELECT ctid AS place, id, priority, ready_at FROM [work_items] WHERE {IsReady} AND {filter} ORDER BY {ByPriority} LIMIT {NoLimit}";

    private static string PickInTurn(int types) =>
        $"""
        SELECT p.id FROM unnest(@tenants) AS t (id) CROSS JOIN LATERAL (
                {Pick("tenant_id = t.id", types, "(SELECT @share)")}
            ) AS p
            LIMIT (SELECT @count)
        """;

    // Whether a type is paused is asked once, and before its range is read.
    private static string OfType(string tenant, int type) =>
        $"""
        {tenant} AND order_type = (@types)[{type}] AND priority >= @min_priority
                AND NOT {QueueSql.IsPaused($"(@types)[{type}]")}
        """;

    private static Statement ClaimOf(string pick) => new(
        $"""
        WITH pick AS MATERIALIZED (
            {pick}
        ), lease AS MATERIALIZED (
            SELECT [clock] AS now
        ), claimed AS (
            UPDATE [work_items] AS i
            SET {QueueSql.Grant("lease.now", Seconds, $"lease.now + make_interval(secs => {Seconds})")}
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
