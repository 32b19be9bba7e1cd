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
    private const string OfOrder = "order_id = @order AND ([all_tenants] OR +tenant_id = @tenant) AND priority >= @min_priority";

    private static readonly ClaimStatements Next = new(
        Any: NextWhere("[tenant] AND priority >= @min_priority", ByPriority),
        OfType: NextWhere("[tenant] AND order_type = @type AND priority >= @min_priority", ByPriority),
        OfOrder: NextWhere(OfOrder, "ready_at, id"),
        OfOrderAndType: NextWhere($"{OfOrder} AND +order_type = @type", "ready_at, id"),
        OfTenants: NextWhere("tenant_id = @from AND priority >= @min_priority", ByPriority),
        OfTenantsAndType: NextWhere("tenant_id = @from AND order_type = @type AND priority >= @min_priority", ByPriority));

    // A SELECT and an UPDATE together are faster than an UPDATE that returns all columns.
    private static readonly RowStatements Lease = new(["id"], row => new(
        $"UPDATE [work_items] AS i SET {QueueSql.Grant("@now", "@expires")} {row.From} WHERE i.id = {row["id"]}"));

    private static readonly RowStatements Open = new(["id"], row => new(
        $"""
        UPDATE [work_orders] SET state = 'checked_out', last_transitioned_at = @now, updated_at = @now, revision = revision + 1
        {row.From} WHERE work_orders.id = {row["id"]} AND {QueueSql.ByKey("state")} = 'queued'
        RETURNING work_orders.id, tenant_id
        """));

    private static readonly FilteredStatements PromoteDue = new(filter =>
        $"""
        UPDATE [work_items] SET ready_at = @now, updated_at = @now
        WHERE id IN (
            SELECT i.id FROM [work_items] AS i
            WHERE [i.tenant] AND {WorkItem.WaitsForItsTime} AND available_at <= @now AND {filter} ORDER BY available_at LIMIT @limit)
        """);

    private static readonly FilteredStatements FindExpired = new(QueueSql.FindExpired);

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

        unit.Queue.Grant(items, claim.Seconds);
        await Lease.ExecuteAsync(
            unit, [.. items.Select(i => new object?[] { i.Id })],
            ("holder", unit.Actor.LeaseHolder), ("seconds", claim.Seconds), ("expires", items[0].LeaseExpiresAt!.Value.UtcDateTime)).ConfigureAwait(false);
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

    public Task<IReadOnlyList<string>> FindTenantsAsync(WorkManagerDbContext db, string? after, string? orderType, int limit) =>
        TenantStatements.FindAsync(db, after, orderType, limit);

    public Task<int> PromoteDueAsync(UnitOfWork unit, QueueFilter filter, int limit) =>
        PromoteDue.For(filter).ExecuteAsync(unit, [("limit", limit), .. FilteredStatements.Values(filter)]);

    public Task<IReadOnlyList<WorkItem>> FindExpiredAsync(WorkRows rows, WorkClock clock, QueueFilter filter, WorkItem? after, int limit) =>
        QueueSql.FindExpiredAsync(FindExpired, rows, databaseClock: false, clock.Now(), filter, after, limit);

    public Task<IReadOnlyList<WorkItem>> LockExpiredAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds) =>
        LockExpired.QueryAsync<WorkItem>(unit, QueryTrackingBehavior.TrackAll, ("ids", SqliteDialect.IdList(itemIds)));

    public async Task<IReadOnlyList<Beat>> BeatAsync(UnitOfWork unit, IReadOnlyList<LeaseToken> leases, bool waits, bool records)
    {
        var items = await unit.Dialect.LockHeldItemsAsync(unit, leases, waits).ConfigureAwait(false);
        var first = items.Where(i => i.State == ItemState.Leased).ToList();
        foreach (var item in items)
        {
            unit.Queue.Extend(item, records);
        }

        await MarkAsync(
            unit, first, order => order.State == OrderState.Queued || order.State == OrderState.CheckedOut,
            order => unit.Lifecycle.Advance(order, OrderState.InProgress)).ConfigureAwait(false);
        await unit.SaveAsync().ConfigureAwait(false);
        return [.. items.Select(i => new Beat(i.Id, i.LeaseEpoch, i.LeaseExpiresAt!.Value))];
    }

    private static async Task<IReadOnlyList<WorkItem>> FindAsync(UnitOfWork unit, Claim claim)
    {
        if (claim.Tenants is null)
        {
            return await FindAsync(unit, claim, claim.Count, ("order", claim.OrderId)).ConfigureAwait(false);
        }

        var items = new List<WorkItem>();
        foreach (var tenant in claim.Tenants.TakeWhile(_ => items.Count < claim.Count))
        {
            items.AddRange(await FindAsync(unit, claim, Math.Min(claim.Share, claim.Count - items.Count), ("from", tenant)).ConfigureAwait(false));
        }

        return items;
    }

    private static Task<IReadOnlyList<WorkItem>> FindAsync(UnitOfWork unit, Claim claim, int count, (string, object?) where) =>
        Next.For(claim).QueryAsync<WorkItem>(
            unit, QueryTrackingBehavior.NoTracking,
            where, ("count", count), ("type", claim.OrderType), ("min_priority", claim.MinPriority ?? (short)0));

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

    private static Statement NextWhere(string filter, string order) =>
        new($"SELECT [work_items.*] FROM [work_items] WHERE ready_at IS NOT NULL AND {filter} ORDER BY {order} LIMIT @count");
}
