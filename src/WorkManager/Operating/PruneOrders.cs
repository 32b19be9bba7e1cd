using System.Collections.ObjectModel;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Deletes orders that were closed long ago, with their items and their history, batch by batch.</summary>
internal sealed class PruneOrders(MaintenanceOptions options, StoreDialects dialects)
    : Duty<PruneRequest, PruneResult>("prune", new(0, 0, 0, ReadOnlyDictionary<Guid, WorkManagerException>.Empty))
{
    // Small: the rows of a batch are locked until it is committed, and others wait for the disk behind it. An order with more items is a batch by itself.
    private const int MostOrders = 25;
    private const int MostItems = 500;

    // Where rows of the host keep all orders, it is of no use to try them all.
    private const int MostRefused = 1_000;

    private readonly (OrderState State, TimeSpan? Age)[] outcomes =
    [
        (OrderState.Completed, options.PruneCompletedAfter), (OrderState.Rejected, options.PruneRejectedAfter),
        (OrderState.DeadLettered, options.PruneDeadLetteredAfter),
    ];

    protected override bool TakesTurns(PruneRequest request) => !request.IsDryRun && outcomes.Any(o => o.Age is not null);

    protected override async Task<PruneResult> RunAsync(OperationContext context, PruneRequest request, DutyTurn turn, CancellationToken cancellationToken)
    {
        var refused = new Dictionary<Guid, WorkManagerException>();
        var deleted = new Dictionary<OrderState, int>();
        foreach (var (state, age) in outcomes.Where(o => o.Age is not null))
        {
            var old = new OldOrders(state, context.Clock.Now() - age!.Value);
            deleted[state] = request.IsDryRun
                ? await context.ReadAsync(rows => old.In(rows).CountAsync(cancellationToken), cancellationToken).ConfigureAwait(false)
                : await PruneAsync(context, old, refused, turn, cancellationToken).ConfigureAwait(false);
        }

        return new(
            deleted.GetValueOrDefault(OrderState.Completed), deleted.GetValueOrDefault(OrderState.Rejected),
            deleted.GetValueOrDefault(OrderState.DeadLettered), refused);
    }

    private async Task<int> PruneAsync(
        OperationContext context, OldOrders old, Dictionary<Guid, WorkManagerException> refused, DutyTurn turn, CancellationToken cancellationToken)
    {
        var deleted = 0;
        OldOrder? last = null;
        var allowed = refused.Count + MostRefused;
        while (refused.Count < allowed && await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false))
        {
            // Goes on after the last one: orders that somebody has locked, or that the database keeps, are still there.
            var page = await context.ReadAsync(rows => old.FindAsync(rows, last, MostOrders, cancellationToken), cancellationToken).ConfigureAwait(false);
            var items = 0;
            List<OldOrder> batch = [.. page.TakeWhile((o, i) => (items += o.Items) <= MostItems || i == 0)];
            if (batch.Count == 0)
            {
                break;
            }

            deleted += await DeleteAsync(context, old, batch.ConvertAll(o => o.Id), refused, cancellationToken).ConfigureAwait(false);
            last = batch[^1];
        }

        return deleted;
    }

    /// <summary>Deletes a batch. If the database refuses one of them, it tries each half by itself, down to the order.</summary>
    private async Task<int> DeleteAsync(
        OperationContext context, OldOrders old, List<Guid> ids, Dictionary<Guid, WorkManagerException> refused, CancellationToken cancellationToken)
    {
        try
        {
            return (await context.WriteAsync(
                Write.Once<IReadOnlyList<Guid>>(
                    async unit => Ending.Commit(await DeleteAsync(unit, old, ids).ConfigureAwait(false)),
                    async (rows, deleted) => !await rows.Orders.AnyAsync(o => deleted.Contains(o.Id), CancellationToken.None).ConfigureAwait(false)),
                cancellationToken).ConfigureAwait(false)).Count;
        }
        catch (Exception refusal) when (dialects.Of(context.Host).RefusesToStore(refusal))
        {
            if (ids.Count == 1)
            {
                refused.Add(ids[0], StoreRefusal.Of(refusal));
                return 0;
            }

            var half = ids.Count / 2;
            return await DeleteAsync(context, old, ids[..half], refused, cancellationToken).ConfigureAwait(false)
                + await DeleteAsync(context, old, ids[half..], refused, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<IReadOnlyList<Guid>> DeleteAsync(UnitOfWork unit, OldOrders old, IReadOnlyList<Guid> ids)
    {
        // What somebody has locked is left for the next time, and what was opened again meanwhile is no longer old.
        var locked = await unit.Dialect.TryLockOrdersAsync(unit, ids).ConfigureAwait(false);
        List<Guid> orders = [.. locked.Where(old.Includes).Select(o => o.Id)];
        await unit.Rows.Events.Where(e => orders.Contains(e.OrderId)).ExecuteDeleteAsync().ConfigureAwait(false);
        await unit.Rows.Provenances.Where(p => orders.Contains(p.OrderId!.Value)).ExecuteDeleteAsync().ConfigureAwait(false);
        await unit.Rows.Decisions.Where(d => orders.Contains(d.OrderId)).ExecuteDeleteAsync().ConfigureAwait(false);
        // Where one still waits, the database keeps the order: somebody has proposed it meanwhile.
        await unit.Rows.OrderDependencies
            .Where(d => orders.Contains(d.DependsOnId))
            .Where(d => d.MetAt != null || unit.Rows.Orders.Any(o => o.Id == d.Id && o.State == OrderState.DeadLettered))
            .ExecuteDeleteAsync().ConfigureAwait(false);
        // Items, parts and their own dependencies go with their orders.
        await unit.Rows.Orders.Where(o => orders.Contains(o.Id)).ExecuteDeleteAsync().ConfigureAwait(false);
        return orders;
    }

    /// <summary>Orders that were closed in a state before a time.</summary>
    private sealed record OldOrders(OrderState State, DateTimeOffset Before)
    {
        public bool Includes(WorkOrder order) => order.State == State && order.LastTransitionedAt <= Before;

        // All closed states are named, too: so the filter of the index is in it.
        public IQueryable<WorkOrder> In(WorkRows rows) => rows.Orders
            .Where(o => o.State == OrderState.Completed || o.State == OrderState.Rejected || o.State == OrderState.DeadLettered)
            .Where(o => o.State == State && o.LastTransitionedAt <= Before)
            // Others may wait for it until it is completed after all. Nothing would tell them that it is gone.
            .Where(o => !Waiting(rows).Any(d => d.DependsOnId == o.Id))
            // Nothing else tells of an order that was given up that it has been cloned.
            .Where(o => o.ParentOrderId == null || !rows.Orders.Any(p => p.Id == o.ParentOrderId && p.State == OrderState.DeadLettered));

        /// <summary>What waits, and is not given up.</summary>
        public static IQueryable<WorkOrderDependency> Waiting(WorkRows rows) =>
            rows.OrderDependencies.Where(d => d.MetAt == null && !rows.Orders.Any(o => o.Id == d.Id && o.State == OrderState.DeadLettered));

        public Task<List<OldOrder>> FindAsync(WorkRows rows, OldOrder? after, int limit, CancellationToken cancellationToken) =>
            In(rows).SortOldestFirst(after is null ? null : (after.Since, after.Id)).Take(limit)
                .Select(o => new OldOrder(o.LastTransitionedAt, o.Id, o.ItemsTotal)).ToListAsync(cancellationToken);
    }

    /// <param name="Since">When it was closed.</param>
    /// <param name="Id">The order.</param>
    /// <param name="Items">How many items go with it.</param>
    private sealed record OldOrder(DateTimeOffset? Since, Guid Id, int Items);
}
