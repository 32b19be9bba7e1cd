namespace WorkManager.Execution;

/// <summary>Something that an operation has committed, and that others may want to act on.</summary>
internal abstract record CommittedFact;
