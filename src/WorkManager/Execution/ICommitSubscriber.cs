namespace WorkManager.Execution;

/// <summary>Acts on committed facts. It must not throw: the operation that committed the fact has succeeded.</summary>
internal interface ICommitSubscriber
{
    /// <summary>Acts on a fact.</summary>
    /// <returns>The facts that the subscriber has committed itself. All subscribers are told of them, too.</returns>
    Task<IReadOnlyList<CommittedFact>> OnCommittedAsync(CommittedFact fact, WorkSession session, CancellationToken cancellationToken);
}
