namespace WorkManager;

/// <summary>Says from deep inside a handler that the work cannot be done. Where the handler itself knows it, return the <see cref="WorkFailure"/>.</summary>
public sealed class WorkFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">What went wrong, and whether and when to try again.</param>
    /// <param name="innerException">What caused it; null if nothing else did.</param>
    public WorkFailedException(WorkFailure failure, Exception? innerException = null)
        : base((failure ?? throw new ArgumentNullException(nameof(failure))).Message, innerException) => Failure = failure;

    /// <summary>What went wrong, and whether and when to try again.</summary>
    public WorkFailure Failure { get; }
}
