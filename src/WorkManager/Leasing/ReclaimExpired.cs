using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Takes back every lease that has run out, batch by batch.</summary>
internal sealed class ReclaimExpired(LeaseRecovery recovery) : IVerb<ReclaimRequest, int>
{
    public Operation Operation { get; } = new("reclaim", JoinRule.Refuses);

    public async Task<int> ExecuteAsync(OperationContext context, ReclaimRequest request, CancellationToken cancellationToken)
    {
        await LeaseRecovery.PromoteDueAsync(context, cancellationToken).ConfigureAwait(false);
        var total = 0;
        int reclaimed;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            reclaimed = await recovery.ReclaimBatchAsync(context, cancellationToken).ConfigureAwait(false);
            total += reclaimed;
        }
        while (reclaimed > 0);

        return total;
    }
}

/// <summary>Everything that has run out.</summary>
internal sealed record ReclaimRequest;
