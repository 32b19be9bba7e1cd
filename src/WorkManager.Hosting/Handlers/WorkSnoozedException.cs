namespace WorkManager;

/// <summary>Says from deep inside a handler that the work is to be done later. A handler that knows it itself returns a <see cref="WorkSnooze"/>.</summary>
public sealed class WorkSnoozedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="snooze">When, and why.</param>
    public WorkSnoozedException(WorkSnooze snooze)
        : base((snooze ?? throw new ArgumentNullException(nameof(snooze))).Reason ?? "The work is to be done later.") => Snooze = snooze;

    /// <summary>When the work is to be done, and why not now.</summary>
    public WorkSnooze Snooze { get; }
}
