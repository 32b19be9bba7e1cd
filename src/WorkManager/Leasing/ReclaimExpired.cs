using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Takes back every lease that has run out, batch by batch.</summary>
internal sealed class ReclaimExpired(LeaseRecovery recovery) : IVerb<ReclaimRequest, int>
{
    public Operation Operation { get; } = new("reclaim", JoinRule.Refuses);

    public async Task<int> ExecuteAsync(OperationContext context, ReclaimRequest request, CancellationToken cancellationToken)
    {
        while (await LeaseRecovery.PromoteDueAsync(context, QueueFilter.All, cancellationToken).ConfigureAwait(false) == LeaseRecovery.PromoteBatch)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        // Continues after the last lease of the batch. Leases that others have locked are still there, and would be found again and again.
        var total = 0;
        WorkItem? last = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            (var reclaimed, last) = await recovery.ReclaimBatchAsync(context, QueueFilter.All, last, tells: true, cancellationToken).ConfigureAwait(false);
            total += reclaimed;
        }
        while (last is not null);

        return total;
    }
}
