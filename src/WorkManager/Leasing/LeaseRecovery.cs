using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Diagnostics;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Takes back leases that ran out, and puts items in the queue whose time has come.</summary>
/// <remarks>
/// Maintenance does it on a schedule. So that work flows without any schedule, a claim that gets less than it asked for does it for what it may claim, and
/// every few seconds a claim does it for all; see <see cref="RecoverySchedule"/>.
/// </remarks>
internal sealed class LeaseRecovery(StoreDialects dialects, Telemetry telemetry, RetryOptions retry, ILogger<LeaseRecovery>? log = null)
{
    public const int PromoteBatch = 1000;
    private const int ReclaimBatch = 100;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    /// <summary>Puts due items and items with expired leases back into the queue, up to a batch of each. Returns whether it put back any.</summary>
    public async Task<bool> RefillAsync(OperationContext context, QueueFilter filter, CancellationToken cancellationToken)
    {
        var promoted = await PromoteDueAsync(context, filter, cancellationToken).ConfigureAwait(false);
        var reclaimed = 0;
        WorkItem? last = null;
        do
        {
            // A page may yield nothing: others have its items locked. Behind it there may be more.
            (reclaimed, last) = await ReclaimBatchAsync(context, filter, last, tells: false, cancellationToken).ConfigureAwait(false);
        }
        while (reclaimed == 0 && last is not null);

        return promoted + reclaimed > 0;
    }

    /// <summary>Makes items claimable whose time has come, up to a batch of them. Returns how many.</summary>
    public static Task<int> PromoteDueAsync(OperationContext context, QueueFilter filter, CancellationToken cancellationToken) =>
        context.WriteByCommandAsync(
            Write.Repeatable(async unit => Ending.Commit(await unit.Sql<ILeasingSql>().PromoteDueAsync(unit, filter, PromoteBatch).ConfigureAwait(false))),
            cancellationToken);

    /// <summary>Takes back up to a batch of expired leases. Rows that another transaction has locked are skipped.</summary>
    /// <param name="context">The operation.</param>
    /// <param name="filter">Which leases.</param>
    /// <param name="after">The last lease of the batch before; null for the first batch.</param>
    /// <param name="tells">
    /// Whether orders that are submitted by it are told, which may lead to their approval. A checkout must not wait for that: its leases are granted already.
    /// </param>
    /// <param name="cancellationToken">Ends it before the batch.</param>
    /// <returns>How many were taken back, and the last one looked at; null when there are no more.</returns>
    public async Task<(int Reclaimed, WorkItem? Last)> ReclaimBatchAsync(
        OperationContext context, QueueFilter filter, WorkItem? after, bool tells, CancellationToken cancellationToken)
    {
        var expired = await context.ReadAsync(rows =>
            dialects.Sql<ILeasingSql>(rows.Db).FindExpiredAsync(rows, context.Clock, filter, after, ReclaimBatch), cancellationToken).ConfigureAwait(false);
        if (expired.Count == 0)
        {
            return (0, null);
        }

        var submitted = new SubmittedOrders();
        var reclaimed = await context.WriteAsync(
            Write.Repeatable(async unit => Ending.Commit(await ReclaimAsync(unit, expired, submitted).ConfigureAwait(false))),
            cancellationToken).ConfigureAwait(false);
        if (tells)
        {
            submitted.Tell(context);
        }

        telemetry.CountExpired(reclaimed);
        if (reclaimed > 0)
        {
            log.LeasesReclaimed(reclaimed);
        }

        return (reclaimed, expired.Count == ReclaimBatch ? expired[^1] : null);
    }

    private async Task<int> ReclaimAsync(UnitOfWork unit, IReadOnlyList<WorkItem> expired, SubmittedOrders submitted)
    {
        submitted.Begin(unit.Attempt);
        var locked = await unit.Dialect.TryLockOrdersAsync(unit, [.. expired.Select(i => i.OrderId).Distinct()]).ConfigureAwait(false);
        var orders = locked.ToDictionary(o => o.Id);
        var candidates = expired.Where(i => orders.ContainsKey(i.OrderId)).Select(i => i.Id).ToList();
        var items = await unit.Sql<ILeasingSql>().LockExpiredAsync(unit, candidates).ConfigureAwait(false);
        var now = await unit.ReadClockAsync().ConfigureAwait(false);
        foreach (var item in items)
        {
            unit.Queue.Expire(orders[item.OrderId], item, now, retry.PauseAfter(item.Attempts + 1));
        }

        var touched = orders.Values.Where(o => items.Any(i => i.OrderId == o.Id)).ToList();
        submitted.Add(await IdleOrders.SettleAsync(unit, touched, items).ConfigureAwait(false));
        await unit.SaveAsync().ConfigureAwait(false);
        return items.Count;
    }
}
