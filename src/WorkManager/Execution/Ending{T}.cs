namespace WorkManager.Execution;

/// <summary>How the body of a write ends its transaction, and the answer that it gives.</summary>
internal readonly record struct Ending<T>(EndingKind Kind, T Answer);
