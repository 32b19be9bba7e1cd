namespace WorkManager.Execution;

/// <summary>How a transaction ends that did not fail.</summary>
internal enum EndingKind
{
    /// <summary>It is committed.</summary>
    Commit,

    /// <summary>It is rolled back, as was planned.</summary>
    RollBack,

    /// <summary>It is rolled back, and there is another attempt.</summary>
    TryAgain,
}
