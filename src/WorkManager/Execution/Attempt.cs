namespace WorkManager.Execution;

/// <summary>One attempt at a write. The body of the write gets it with its unit.</summary>
/// <param name="waits">
/// Whether to wait for what others have locked. If not, the body ends with <see cref="Ending.TryAgain{T}"/> when it finds something locked.
/// </param>
/// <param name="mayBeDone">Whether an earlier attempt got no answer from the database, so that its rows may be committed.</param>
internal sealed class Attempt(bool waits, bool mayBeDone)
{
    /// <summary>The attempt in a caller's transaction. It waits for locks: there is no second attempt, and the caller's own locks stay anyway.</summary>
    public static Attempt Joined { get; } = new(waits: true, mayBeDone: false);

    public bool Waits { get; } = waits;

    public bool MayBeDone { get; } = mayBeDone;

    /// <summary>Whether a failure from now on leaves open if the attempt was committed.</summary>
    public bool IsUnanswered { get; private set; }

    /// <summary>The answer of the attempt if it was committed.</summary>
    public object? Answer { get; private set; }

    /// <summary>Marks the start of the commit: a failure from now on does not tell whether the attempt was committed.</summary>
    /// <param name="answer">The answer of the attempt if it was committed; null if only the database can tell.</param>
    public void BeginCommit(object? answer)
    {
        IsUnanswered = true;
        Answer = answer;
    }

    /// <summary>
    /// Says before the command that writes what the answer is if it is committed. It matters where the command is its own transaction; in any other, the commit
    /// says it.
    /// </summary>
    public void WillAnswer(object answer)
    {
        if (IsUnanswered)
        {
            Answer = answer;
        }
    }
}
