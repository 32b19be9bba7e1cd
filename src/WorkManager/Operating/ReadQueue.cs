using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Counts what waits and what is in work, by order type.</summary>
internal sealed class ReadQueue : IVerb<ReadQueueRequest, IReadOnlyList<QueueStatus>>
{
    public Operation Operation { get; } = new("read_queue", JoinRule.Refuses);

    public Task<IReadOnlyList<QueueStatus>> ExecuteAsync(OperationContext context, ReadQueueRequest request, CancellationToken cancellationToken) =>
        context.ReadAtOneMomentAsync(rows => ReadAsync(rows, context.Clock.Now(), cancellationToken), cancellationToken);

    private static async Task<IReadOnlyList<QueueStatus>> ReadAsync(WorkRows rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What is due and not promoted yet can be claimed, too: the next checkout promotes it.
        var queued = await rows.Items.Where(i => i.State == ItemState.Queued).GroupBy(i => i.OrderType)
            .Select(g => new
            {
                OrderType = g.Key,
                Available = g.Count(i => i.BlockedBy == 0 && i.AvailableAt <= now),
                Since = g.Min(i => i.BlockedBy == 0 && i.AvailableAt <= now ? (DateTimeOffset?)i.AvailableAt : null),
                All = g.Count(),
            })
            .ToDictionaryAsync(q => q.OrderType, cancellationToken).ConfigureAwait(false);
        var leased = await rows.Items.Where(i => i.State == ItemState.Leased || i.State == ItemState.InProgress).GroupBy(i => i.OrderType)
            .Select(g => new
            {
                OrderType = g.Key,
                Expired = g.Count(i => i.LeaseExpiresAt <= now),
                Since = g.Min(i => i.LeaseExpiresAt <= now ? i.LeaseExpiresAt : null),
                All = g.Count(),
            })
            .ToDictionaryAsync(l => l.OrderType, cancellationToken).ConfigureAwait(false);
        return
        [
            .. from type in queued.Keys.Union(leased.Keys).Order(StringComparer.Ordinal)
               let q = queued.GetValueOrDefault(type)
               let l = leased.GetValueOrDefault(type)
               select new QueueStatus(type, q?.Available ?? 0, q?.Since, (q?.All ?? 0) - (q?.Available ?? 0), l?.All ?? 0, l?.Expired ?? 0, l?.Since),
        ];
    }
}
