namespace WorkManager.Execution;

/// <summary>Something that an operation has committed and that an <see cref="ICommitSubscriber"/> may act on.</summary>
internal abstract record CommittedFact;
