namespace WorkManager.Hosting.Results;

/// <summary>Whether something was written.</summary>
/// <param name="Error">Why it was not; null if it was, or if the lease was lost before.</param>
internal readonly record struct WriteOutcome(WorkManagerException? Error)
{
    private readonly bool isLost;

    private WriteOutcome(bool isLost)
        : this((WorkManagerException?)null) => this.isLost = isLost;

    /// <summary>The lease was lost before it could be written.</summary>
    public static WriteOutcome Lost { get; } = new(isLost: true);

    public bool IsWritten => !isLost && Error is null;

    /// <summary>Whether the lease is not held any more, so that nothing can be written for it.</summary>
    public bool IsLost => isLost || Error is LeaseLostException or WorkNotFoundException;
}
