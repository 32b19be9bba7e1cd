namespace WorkManager;

/// <summary>What came of the work on an item: a result, a failure, or a snooze. Return any of the three; each converts to it.</summary>
/// <typeparam name="TResult">The result of the order type.</typeparam>
public sealed class WorkResult<TResult>
    where TResult : notnull
{
    /// <summary>The work is done.</summary>
    /// <param name="result">The result.</param>
    /// <param name="options">Evidence and notes for the audit trail.</param>
    public WorkResult(TResult result, SubmitOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        Result = result;
        Options = options;
        IsDone = true;
    }

    /// <summary>The work could not be done.</summary>
    /// <param name="failure">What went wrong, and whether and when to try again.</param>
    public WorkResult(WorkFailure failure) => Failure = failure ?? throw new ArgumentNullException(nameof(failure));

    /// <summary>The work is to be done later.</summary>
    /// <param name="snooze">When, and why.</param>
    public WorkResult(WorkSnooze snooze) => Snooze = snooze ?? throw new ArgumentNullException(nameof(snooze));

    /// <summary>Whether there is a result.</summary>
    public bool IsDone { get; }

    /// <summary>The result, if there is one.</summary>
    public TResult? Result { get; }

    /// <summary>Evidence and notes for the audit trail; null if there are none.</summary>
    public SubmitOptions? Options { get; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public WorkFailure? Failure { get; }

    /// <summary>When the work is to be done instead; null if it is not put off.</summary>
    public WorkSnooze? Snooze { get; }

    /// <summary>The work is done.</summary>
    /// <param name="result">The result.</param>
    public static implicit operator WorkResult<TResult>(TResult result) => new(result);

    /// <summary>The work could not be done.</summary>
    /// <param name="failure">What went wrong, and whether and when to try again.</param>
    public static implicit operator WorkResult<TResult>(WorkFailure failure) => new(failure);

    /// <summary>The work is to be done later.</summary>
    /// <param name="snooze">When, and why.</param>
    public static implicit operator WorkResult<TResult>(WorkSnooze snooze) => new(snooze);
}
