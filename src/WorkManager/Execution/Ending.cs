namespace WorkManager.Execution;

/// <summary>The ways in which the body of a write ends its transaction.</summary>
internal static class Ending
{
    /// <summary>Commits what was written.</summary>
    public static Ending<T> Commit<T>(T answer) => new(EndingKind.Commit, answer);

    /// <summary>Rolls back what was written, and returns the answer all the same.</summary>
    public static Ending<T> RollBack<T>(T answer) => new(EndingKind.RollBack, answer);

    /// <summary>
    /// Rolls back, which releases all locks, and runs the body again. A body ends this way when another transaction has locked a row that it needs.
    /// </summary>
    /// <param name="answer">The answer if this was the last attempt.</param>
    public static Ending<T> TryAgain<T>(T answer) => new(EndingKind.TryAgain, answer);
}
