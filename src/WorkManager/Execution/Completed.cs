namespace WorkManager.Execution;

/// <summary>The result of an operation, and the facts that it has committed.</summary>
internal sealed record Completed<T>(T Result, IReadOnlyList<CommittedFact> Facts);
