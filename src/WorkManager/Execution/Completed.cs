namespace WorkManager.Execution;

/// <summary>What an operation returns, and what it has committed that others may want to act on.</summary>
internal sealed record Completed<T>(T Result, IReadOnlyList<CommittedFact> Facts);
