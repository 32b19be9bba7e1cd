namespace WorkManager.Execution;

/// <summary>How the body of a write ended its transaction, and what it answers.</summary>
internal readonly record struct Ending<T>(EndingKind Kind, T Answer);
