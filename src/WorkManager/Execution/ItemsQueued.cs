namespace WorkManager.Execution;

/// <summary>Items of these order types were put into the queue.</summary>
internal sealed record ItemsQueued(IReadOnlyCollection<string> OrderTypes) : CommittedFact;
