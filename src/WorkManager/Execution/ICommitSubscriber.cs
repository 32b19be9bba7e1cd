namespace WorkManager.Execution;

/// <summary>Acts on what was committed. It never fails the operation that committed it.</summary>
internal interface ICommitSubscriber
{
    /// <summary>Is told of a fact.</summary>
    /// <returns>What the subscriber has committed itself: that is told, too.</returns>
    Task<IReadOnlyList<CommittedFact>> OnCommittedAsync(CommittedFact fact, CancellationToken cancellationToken);
}
