using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Leasing;

namespace WorkManager.Providers.Sqlite;

/// <summary>Leasing on SQLite: a few statements in one immediate transaction, in which nobody takes what was read.</summary>
internal sealed class SqliteLeasingSql : ILeasingSql
{
    // The plus hides a column from the planner: without statistics it takes any index that begins with a column it is given, and sorts all of the queue.
    private static readonly ClaimStatements Next = new(
        Any: NextWhere("+tenant_id = '' AND priority >= @min_priority", "priority DESC, ready_at, id"),
        OfType: NextWhere("tenant_id = '' AND order_type = @type AND priority >= @min_priority", "priority DESC, ready_at, id"),
        OfOrder: NextWhere("order_id = @order AND +tenant_id = '' AND priority >= @min_priority", "ready_at, id"),
        OfOrderAndType: NextWhere("order_id = @order AND +tenant_id = '' AND +order_type = @type AND priority >= @min_priority", "ready_at, id"));

    // Not with the SELECT in one: for RETURNING of all columns SQLite takes longer than for both.
    private static readonly RowStatements Lease = new(["id"], row => new(
        $"""
        UPDATE [work_items]
        SET state = 'leased', ready_at = NULL, leased_by_agent_id = @holder, lease_epoch = lease_epoch + 1, lease_seconds = @seconds,
            leased_at = @now, last_heartbeat_at = @now, lease_expires_at = @expires, updated_at = @now, revision = revision + 1
        {row.From} WHERE work_items.id = {row["id"]}
        """));

    private static readonly RowStatements Open = new(["id"], row => new(
        $"""
        UPDATE [work_orders] SET state = 'checked_out', last_transitioned_at = @now, updated_at = @now, revision = revision + 1
        {row.From} WHERE work_orders.id = {row["id"]} AND state = 'queued'
        RETURNING work_orders.id, tenant_id
        """));

    private static readonly Statement PromoteDue = new(
        """
        UPDATE [work_items] SET ready_at = @now, updated_at = @now
        WHERE id IN (
            SELECT id FROM [work_items]
            WHERE state = 'queued' AND ready_at IS NULL AND blocked_by = 0 AND available_at <= @now
            ORDER BY available_at LIMIT @limit)
        """);

    private static readonly Statement FindExpired = new(
        """
        SELECT [i.*] FROM [work_items] AS i
        WHERE state IN ('leased', 'in_progress') AND lease_expires_at <= @now AND (lease_expires_at, id) > (@after, @after_id)
        ORDER BY lease_expires_at, id LIMIT @limit
        """);

    private static readonly Statement LockExpired = new(
        """
        SELECT [i.*] FROM [work_items] AS i
        WHERE id IN (SELECT value FROM json_each(@ids)) AND state IN ('leased', 'in_progress') AND lease_expires_at <= @now
        ORDER BY id
        """);

    public async Task<IReadOnlyList<WorkItem>> ClaimAsync(UnitOfWork unit, Claim claim)
    {
        var items = await Next.For(claim).QueryAsync<WorkItem>(
            unit, QueryTrackingBehavior.NoTracking,
            ("count", claim.Count), ("type", claim.OrderType), ("order", claim.OrderId), ("min_priority", claim.MinPriority ?? (short)0)).ConfigureAwait(false);
        if (items.Count == 0)
        {
            return items;
        }

        var seconds = (int)Math.Ceiling(claim.Ttl.TotalSeconds);
        var expires = unit.Now.AddSeconds(seconds);
        await Lease.ExecuteAsync(
            unit, [.. items.Select(i => new object?[] { i.Id })],
            ("holder", unit.Actor.LeaseHolder), ("seconds", seconds), ("expires", expires.UtcDateTime)).ConfigureAwait(false);
        var leased = new EventDetails(new JsonObject { ["lease_expires_at"] = expires });
        foreach (var item in items)
        {
            ShowLease(unit, item, seconds, expires);
            unit.Audit.Record(WorkEventNames.Leased, item, leased);
        }

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

    public Task<int> PromoteDueAsync(UnitOfWork unit, int limit) => PromoteDue.ExecuteAsync(unit, ("limit", limit));

    public Task<IReadOnlyList<WorkItem>> FindExpiredAsync(WorkManagerDbContext db, WorkClock clock, WorkItem? after, int limit) =>
        FindExpired.QueryAsync<WorkItem>(
            db, databaseClock: false, QueryTrackingBehavior.NoTracking, ("now", clock.Now().UtcDateTime), ("limit", limit),
            ("after", after?.LeaseExpiresAt?.UtcDateTime ?? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc)), ("after_id", after?.Id ?? Guid.Empty));

    public Task<IReadOnlyList<WorkItem>> LockExpiredAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds) =>
        LockExpired.QueryAsync<WorkItem>(unit, QueryTrackingBehavior.TrackAll, ("ids", SqliteDialect.IdList(itemIds)));

    public async Task<IReadOnlyList<Beat>> BeatAsync(UnitOfWork unit, IReadOnlyList<LeaseToken> leases, bool waits, bool records)
    {
        var items = await unit.Dialect.LockHeldItemsAsync(unit, leases, waits).ConfigureAwait(false);
        var first = items.Where(i => i.State == ItemState.Leased).ToList();
        foreach (var item in items)
        {
            item.LastHeartbeatAt = unit.Now;
            item.LeaseExpiresAt = unit.Now.AddSeconds(item.LeaseSeconds!.Value);
            item.UpdatedAt = unit.Now;
            if (item.State == ItemState.Leased)
            {
                unit.Lifecycle.Move(item, ItemState.InProgress);
            }
            else if (records)
            {
                unit.Audit.Record(WorkEventNames.Heartbeat, item, new(new JsonObject { ["lease_expires_at"] = item.LeaseExpiresAt }));
            }
        }

        await MarkAsync(
            unit, first, order => order.State == OrderState.Queued || order.State == OrderState.CheckedOut,
            order => unit.Lifecycle.Advance(order, OrderState.InProgress)).ConfigureAwait(false);
        await unit.SaveAsync().ConfigureAwait(false);
        return [.. items.Select(i => new Beat(i.Id, i.LeaseEpoch, i.LeaseExpiresAt!.Value))];
    }

    /// <summary>Shows on orders what has begun on their items.</summary>
    private static async Task MarkAsync(
        UnitOfWork unit, IReadOnlyCollection<WorkItem> items, System.Linq.Expressions.Expression<Func<WorkOrder, bool>> which, Action<WorkOrder> mark)
    {
        if (items.Count == 0)
        {
            return;
        }

        var orderIds = items.Select(i => i.OrderId).Distinct().ToList();
        foreach (var order in await unit.Db.WorkOrders.Where(o => orderIds.Contains(o.Id)).Where(which).ToListAsync().ConfigureAwait(false))
        {
            order.Revision++;
            mark(order);
        }
    }

    /// <summary>Shows on an item what <see cref="Lease"/> has written.</summary>
    private static void ShowLease(UnitOfWork unit, WorkItem item, int seconds, DateTimeOffset expires)
    {
        item.State = ItemState.Leased;
        item.ReadyAt = null;
        item.LeasedByAgentId = unit.Actor.LeaseHolder;
        item.LeaseEpoch++;
        item.LeaseSeconds = seconds;
        item.LeasedAt = item.LastHeartbeatAt = unit.Now;
        item.LeaseExpiresAt = expires;
        item.UpdatedAt = unit.Now;
        item.Revision++;
    }

    private static Statement NextWhere(string filter, string order) =>
        new($"SELECT [work_items.*] FROM [work_items] WHERE ready_at IS NOT NULL AND {filter} ORDER BY {order} LIMIT @count");
}
