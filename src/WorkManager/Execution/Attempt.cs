namespace WorkManager.Execution;

/// <summary>One attempt at a write, as its body sees it.</summary>
/// <param name="waits">
/// Whether to wait for what others have locked. If not, the body ends with <see cref="Ending.TryAgain{T}"/> when it finds something locked.
/// </param>
/// <param name="mayBeDone">Whether an attempt before this one got no answer: what it wrote may be in the database.</param>
internal sealed class Attempt(bool waits, bool mayBeDone)
{
    /// <summary>The attempt in a caller's transaction. There is no second one, and the locks stay: so it waits.</summary>
    public static Attempt Joined { get; } = new(waits: true, mayBeDone: false);

    public bool Waits { get; } = waits;

    public bool MayBeDone { get; } = mayBeDone;

    /// <summary>Whether the attempt ended without an answer if it fails now.</summary>
    public bool IsUnanswered { get; private set; }

    /// <summary>What the attempt answers if it was committed.</summary>
    public object? Answer { get; private set; }

    /// <summary>From now on a failure does not tell whether the attempt was committed.</summary>
    /// <param name="answer">What it answers if it was; null if only the database can tell.</param>
    public void BeginCommit(object? answer)
    {
        IsUnanswered = true;
        Answer = answer;
    }
}
