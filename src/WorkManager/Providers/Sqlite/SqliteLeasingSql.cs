using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Leasing;

namespace WorkManager.Providers.Sqlite;

/// <summary>Leasing on SQLite: a few statements in one immediate transaction. Nobody else can write between them.</summary>
internal sealed class SqliteLeasingSql : ILeasingSql
{
    private const string ByPriority = "priority DESC, ready_at, id";

    // The plus keeps SQLite from using an index on the column: without statistics, it uses any index that begins with a compared column, and sorts the whole
    // queue. So in a claim from one order, only the order is compared without a plus.
    private static readonly string OfOrder =
        $"""
        order_id = @order AND ([all_tenants] OR +tenant_id = @tenant) AND priority >= @min_priority
            AND +order_type IN (SELECT value FROM json_each(@types) WHERE NOT {QueueSql.IsPaused("json_each.value")})
        """;

    private const string Expires = "+lease_expires_at";
    private const string TypeList = "SELECT value FROM json_each(@types)";

    private static readonly ClaimStatements Next = new(
        OfTypes: new(types => NextOfTypes("[tenant]", types)),
        OfTenants: new(types => NextOfTypes("tenant_id = @from", types)),
        OfOrder: NextWhere(OfOrder, "ready_at, id"));

    private static readonly TenantStatements Tenants = new("ready_at IS NOT NULL", "json_each(@types) AS t");

    // A SELECT and an UPDATE together are faster than an UPDATE that returns all columns.
    private static readonly RowStatements Lease = new(["id", "seconds", "expires"], row => new(
        $"UPDATE [work_items] AS i SET {QueueSql.Grant("@now", row["seconds"], row["expires"])} {row.From} WHERE i.id = {row["id"]}"));

    private static readonly RowStatements Open = new(["id"], row => new(
        $"""
        UPDATE [work_orders] SET state = 'checked_out', last_transitioned_at = @now, updated_at = @now, revision = revision + 1
        {row.From} WHERE work_orders.id = {row["id"]} AND {QueueSql.ByKey("state")} = 'queued'
        RETURNING work_orders.id, tenant_id
        """));

    private static readonly Statement CountOfAgent = new(QueueSql.CountLeasesOfAgent(Expires));
    private static readonly Statement CountOfTenants = new(QueueSql.CountLeases("json_each(@tenants) AS t", null, Expires));
    private static readonly Statement CountOfTypes = new(QueueSql.CountLeases("json_each(@tenants) AS t", TypeList, Expires));

    private static readonly FilteredStatements PromoteDue = new(TypeList, filter =>
        $"""
        UPDATE [work_items] SET ready_at = @now, updated_at = @now
        WHERE id IN (
            SELECT i.id FROM [work_items] AS i
            WHERE [i.tenant] AND {WorkItem.WaitsForItsTime} AND available_at <= @now AND {filter} ORDER BY available_at LIMIT @limit)
        """);

    private static readonly FilteredStatements FindExpired = new(TypeList, QueueSql.FindExpired);

    private static readonly Statement LockExpired = new(
        $"""
        SELECT [i.*] FROM [work_items] AS i
        WHERE id IN (SELECT value FROM json_each(@ids)) AND [tenant]
            AND {QueueSql.ByKey("state")} IN ('leased', 'in_progress') AND lease_expires_at <= @now
        ORDER BY id
        """);

    public async Task<IReadOnlyList<WorkItem>> ClaimAsync(UnitOfWork unit, Claim claim)
    {
        var items = await FindAsync(unit, claim).ConfigureAwait(false);
        if (items.Count == 0)
        {
            return items;
        }

        unit.Queue.Grant(items, item => claim.Times.Of(item, claim.Types));
        await Lease.ExecuteAsync(
            unit, [.. items.Select(i => new object?[] { i.Id, i.LeaseSeconds, i.LeaseExpiresAt!.Value.UtcDateTime })],
            ("holder", unit.Actor.LeaseHolder)).ConfigureAwait(false);
        var opened = await Open.RowsAsync(
            unit, [.. items.Select(i => i.OrderId).Distinct().Select(id => new object?[] { id })],
            row => new WorkOrder { Id = row.GetGuid(0), TenantId = row.GetString(1) }).ConfigureAwait(false);
        var agent = new EventDetails(new JsonObject { ["agent_id"] = unit.Actor.LeaseHolder });
        foreach (var order in opened)
        {
            unit.Audit.Record(StateNames.ToName(OrderState.CheckedOut), order, agent);
        }

        await unit.SaveAsync().ConfigureAwait(false);
        return items;
    }

    // Nobody else can write.
    public Task<IReadOnlyList<string>> LockLimitsAsync(UnitOfWork unit, IReadOnlyList<string> names, bool waits) => Task.FromResult(names);

    public async Task<int> CountLeasesAsync(WorkRows rows, WorkClock clock, string holder, string? tenantId) => (int)(await CountOfAgent.RowsAsync(
        rows, databaseClock: false, row => row.GetInt64(0), ("now", clock.Now().UtcDateTime), ("holder", holder), ("within", tenantId))
        .ConfigureAwait(false)).Single();

    public Task<IReadOnlyList<LiveLeases>> CountLeasesAsync(
        WorkRows rows, WorkClock clock, IReadOnlyList<string> tenants, IReadOnlyList<string>? types)
    {
        (string, object?)[] where = [("now", clock.Now().UtcDateTime), ("tenants", JsonSerializer.Serialize(tenants))];
        return types is null
            ? CountOfTenants.RowsAsync(rows, databaseClock: false, QueueSql.ReadLeases, where)
            : CountOfTypes.RowsAsync(rows, databaseClock: false, QueueSql.ReadLeases, [.. where, ("types", JsonSerializer.Serialize(types))]);
    }

    public Task<IReadOnlyList<string>> FindTenantsAsync(WorkManagerDbContext db, string? after, IReadOnlyList<string> types, int limit) =>
        Tenants.FindAsync(db, after, JsonSerializer.Serialize(types), limit);

    public Task<int> PromoteDueAsync(UnitOfWork unit, QueueFilter filter, int limit) =>
        PromoteDue.For(filter).ExecuteAsync(unit, [("limit", limit), .. FilteredStatements.Values(filter, types => JsonSerializer.Serialize(types))]);

    public Task<IReadOnlyList<WorkItem>> FindExpiredAsync(WorkRows rows, WorkClock clock, QueueFilter filter, WorkItem? after, int limit) =>
        QueueSql.FindExpiredAsync(
            FindExpired, rows, databaseClock: false, clock.Now(), after, limit, filter, types => JsonSerializer.Serialize(types));

    public Task<IReadOnlyList<WorkItem>> LockExpiredAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds) =>
        LockExpired.QueryAsync<WorkItem>(unit, QueryTrackingBehavior.TrackAll, ("ids", SqliteDialect.IdList(itemIds)));

    public async Task<IReadOnlyList<Beat>> BeatAsync(UnitOfWork unit, IReadOnlyList<BeatRequest> beats, bool waits, bool records)
    {
        var items = await unit.Dialect.LockHeldItemsAsync(unit, [.. beats.Select(b => b.Lease)], waits).ConfigureAwait(false);
        var progress = beats.ToDictionary(b => b.Lease, b => b.Progress);
        var first = items.Where(i => i.State == ItemState.Leased).ToList();
        foreach (var item in items)
        {
            unit.Queue.Extend(item, progress[new(item.Id, item.LeaseEpoch)], records);
        }

        await MarkAsync(
            unit, first, order => order.State == OrderState.Queued || order.State == OrderState.CheckedOut,
            order => unit.Lifecycle.Advance(order, OrderState.InProgress)).ConfigureAwait(false);
        await unit.SaveAsync().ConfigureAwait(false);
        return [.. items.Select(i => new Beat(i.Id, i.LeaseEpoch, i.LeaseExpiresAt!.Value))];
    }

    private static async Task<IReadOnlyList<WorkItem>> FindAsync(UnitOfWork unit, Claim claim)
    {
        if (claim.OrderId is { } order)
        {
            return await FindAsync(unit, claim, claim.Count, ("order", order), ("types", JsonSerializer.Serialize(claim.Types))).ConfigureAwait(false);
        }

        (string, object?)[] types = [.. claim.Types.Select((type, i) => ($"type_{i + 1}", (object?)type))];
        if (claim.Tenants is null)
        {
            return await FindAsync(unit, claim, claim.Count, types).ConfigureAwait(false);
        }

        var items = new List<WorkItem>();
        foreach (var tenant in claim.Tenants.TakeWhile(_ => items.Count < claim.Count))
        {
            var count = Math.Min(claim.Share, claim.Count - items.Count);
            items.AddRange(await FindAsync(unit, claim, count, [("from", tenant), .. types]).ConfigureAwait(false));
        }

        return items;
    }

    private static Task<IReadOnlyList<WorkItem>> FindAsync(UnitOfWork unit, Claim claim, int count, params (string, object?)[] where) =>
        Next.For(claim).QueryAsync<WorkItem>(
            unit, QueryTrackingBehavior.NoTracking, [.. where, ("count", count), ("min_priority", claim.MinPriority)]);

    /// <summary>Moves orders forward when work on their items has begun.</summary>
    private static async Task MarkAsync(
        UnitOfWork unit, IReadOnlyCollection<WorkItem> items, System.Linq.Expressions.Expression<Func<WorkOrder, bool>> which, Action<WorkOrder> mark)
    {
        if (items.Count == 0)
        {
            return;
        }

        var orderIds = items.Select(i => i.OrderId).Distinct().ToList();
        foreach (var order in await unit.Rows.Orders.Where(o => orderIds.Contains(o.Id)).Where(which).ToListAsync().ConfigureAwait(false))
        {
            order.Revision++;
            mark(order);
        }
    }

    /// <summary>The next items of some types, each of which is a range of the index.</summary>
    private static Statement NextOfTypes(string tenant, int types)
    {
        return types == 1 ? NextWhere(OfType(1), ByPriority) : new(
            // SQLite merges the ranges: it reads one item of each, and then the next one of that from which it took.
            $"""
            SELECT [i.*] FROM (
                {string.Join(" UNION ALL ", Enumerable.Range(1, types).Select(Range))}
                ORDER BY {ByPriority} LIMIT @count
            ) AS n CROSS JOIN [work_items] AS i ON i.id = n.id
            """);

        string Range(int type) => $"SELECT id, priority, ready_at FROM [work_items] WHERE ready_at IS NOT NULL AND {OfType(type)}";

        // A type that is paused is no type, and its range is empty. As a condition of its own, that would be asked for each item of the range.
        string OfType(int type) =>
            $"""
            {tenant} AND order_type = (SELECT @type_{type} WHERE NOT {QueueSql.IsPaused($"@type_{type}")})
                AND priority >= @min_priority
            """;
    }

    private static Statement NextWhere(string filter, string order) =>
        new($"SELECT [work_items.*] FROM [work_items] WHERE ready_at IS NOT NULL AND {filter} ORDER BY {order} LIMIT @count");
}
