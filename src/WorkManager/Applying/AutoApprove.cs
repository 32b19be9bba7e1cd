using WorkManager.Execution;

namespace WorkManager.Applying;

/// <summary>Approves an order as soon as it is submitted, if its type says so. What this misses is done by <see cref="ApproveDue"/>.</summary>
internal sealed class AutoApprove(AutomaticApproval approval) : ICommitSubscriber
{
    public async Task<IReadOnlyList<CommittedFact>> OnCommittedAsync(CommittedFact fact, WorkSession session, CancellationToken cancellationToken) =>
        fact is OrderSubmitted submitted
        && await approval.IsAutomaticAsync(session.Services, submitted.OrderId, submitted.OrderType).ConfigureAwait(false)
            ? await approval.TryAsync(session, submitted.OrderId, submitted.TenantId).ConfigureAwait(false) ?? []
            : [];
}
