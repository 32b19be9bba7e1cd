namespace WorkManager.Execution;

/// <summary>The ways in which a transaction ends if no exception is thrown.</summary>
internal enum EndingKind
{
    /// <summary>It is committed.</summary>
    Commit,

    /// <summary>It is rolled back because the body said so.</summary>
    RollBack,

    /// <summary>It is rolled back, and there is another attempt.</summary>
    TryAgain,
}
