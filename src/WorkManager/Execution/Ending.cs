namespace WorkManager.Execution;

/// <summary>The ways in which the body of a write ends its transaction.</summary>
internal static class Ending
{
    /// <summary>What was written is committed.</summary>
    public static Ending<T> Commit<T>(T answer) => new(EndingKind.Commit, answer);

    /// <summary>What was written is rolled back; only the answer stays.</summary>
    public static Ending<T> RollBack<T>(T answer) => new(EndingKind.RollBack, answer);

    /// <summary>Somebody else has locked what is needed. All locks are let go, and the body runs again.</summary>
    /// <param name="answer">The answer if it may not run again.</param>
    public static Ending<T> TryAgain<T>(T answer) => new(EndingKind.TryAgain, answer);
}
