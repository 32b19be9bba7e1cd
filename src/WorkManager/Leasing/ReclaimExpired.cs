using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Takes back every lease that has run out, batch by batch.</summary>
internal sealed class ReclaimExpired(LeaseRecovery recovery) : Duty<ReclaimRequest, int>("reclaim", 0)
{
    protected override async Task<int> RunAsync(OperationContext context, ReclaimRequest request, DutyTurn turn, CancellationToken cancellationToken)
    {
        int promoted;
        do
        {
            promoted = await LeaseRecovery.PromoteDueAsync(context, QueueFilter.All, cancellationToken).ConfigureAwait(false);
        }
        while (promoted == LeaseRecovery.PromoteBatch && await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false));

        // Continues after the last lease of the batch. Leases that others have locked are still there, and would be found again and again.
        var total = 0;
        WorkItem? last = null;
        do
        {
            (var reclaimed, last) = await recovery.ReclaimBatchAsync(context, QueueFilter.All, last, tells: true, cancellationToken).ConfigureAwait(false);
            total += reclaimed;
        }
        while (last is not null && await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false));

        return total;
    }
}
