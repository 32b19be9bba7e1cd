using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Deletes orders that were closed long ago, with their items and their history, batch by batch.</summary>
internal sealed class PruneOrders(MaintenanceOptions options, StoreDialects dialects) : IVerb<PruneRequest, PruneResult>
{
    // Small: what refers to a batch is locked until it is committed, and other calls wait for the disk behind it.
    private const int BatchSize = 100;

    public Operation Operation { get; } = new("prune", JoinRule.Refuses);

    public async Task<PruneResult> ExecuteAsync(OperationContext context, PruneRequest request, CancellationToken cancellationToken)
    {
        var refused = new Dictionary<Guid, WorkManagerException>();
        var deleted = new Dictionary<OrderState, int>();
        (OrderState State, TimeSpan? Age)[] outcomes =
        [
            (OrderState.Completed, options.PruneCompletedAfter), (OrderState.Rejected, options.PruneRejectedAfter),
            (OrderState.DeadLettered, options.PruneDeadLetteredAfter),
        ];
        foreach (var (state, age) in outcomes.Where(o => o.Age is not null))
        {
            var old = new OldOrders(state, context.Clock.Now() - age!.Value);
            deleted[state] = request.IsDryRun
                ? await context.ReadAsync(rows => old.In(rows).CountAsync(cancellationToken), cancellationToken).ConfigureAwait(false)
                : await PruneAsync(context, old, refused, cancellationToken).ConfigureAwait(false);
        }

        return new(
            deleted.GetValueOrDefault(OrderState.Completed), deleted.GetValueOrDefault(OrderState.Rejected),
            deleted.GetValueOrDefault(OrderState.DeadLettered), refused);
    }

    private async Task<int> PruneAsync(
        OperationContext context, OldOrders old, Dictionary<Guid, WorkManagerException> refused, CancellationToken cancellationToken)
    {
        var deleted = 0;
        List<(DateTimeOffset? Since, Guid Id)> page = [];
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Goes on after the last one: orders that somebody has locked, or that the database keeps, are still there.
            (DateTimeOffset?, Guid)? after = page.Count == 0 ? null : page[^1];
            page = await context.ReadAsync(rows => old.FindAsync(rows, after, BatchSize, cancellationToken), cancellationToken).ConfigureAwait(false);
            deleted += await DeleteAsync(context, old, page.ConvertAll(o => o.Id), refused, cancellationToken).ConfigureAwait(false);
        }
        while (page.Count == BatchSize);

        return deleted;
    }

    /// <summary>Deletes a batch; or each order by itself, if the database refuses to delete one of them.</summary>
    private async Task<int> DeleteAsync(
        OperationContext context, OldOrders old, IReadOnlyList<Guid> ids, Dictionary<Guid, WorkManagerException> refused,
        CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return 0;
        }

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

            var deleted = 0;
            foreach (var id in ids)
            {
                cancellationToken.ThrowIfCancellationRequested();
                deleted += await DeleteAsync(context, old, [id], refused, cancellationToken).ConfigureAwait(false);
            }

            return deleted;
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
        // Items, parts and dependencies go with their orders.
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
            .Where(o => o.State == State && o.LastTransitionedAt <= Before);

        public async Task<List<(DateTimeOffset? Since, Guid Id)>> FindAsync(
            WorkRows rows, (DateTimeOffset? Since, Guid Id)? after, int limit, CancellationToken cancellationToken)
        {
            var orders = In(rows);
            if (after is var (since, id))
            {
                orders = orders.Where(o => o.LastTransitionedAt > since || (o.LastTransitionedAt == since && o.Id.CompareTo(id) > 0));
            }

            var found = await orders.OrderBy(o => o.LastTransitionedAt).ThenBy(o => o.Id).Take(limit)
                .Select(o => new { o.LastTransitionedAt, o.Id }).ToListAsync(cancellationToken).ConfigureAwait(false);
            return found.ConvertAll(o => (o.LastTransitionedAt, o.Id));
        }
    }
}
