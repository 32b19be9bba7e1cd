namespace WorkManager;

/// <summary>
/// The work is to be done later: the item goes back to the queue, as
/// <see cref="IWorkOrderManager.ReleaseAsync(LeaseToken, ReleaseOptions, CancellationToken)"/> does it.
/// </summary>
/// <param name="Delay">How long nobody is to get the item; zero for at once. Up to a year.</param>
/// <param name="Reason">Why, for the audit trail and for the next holder: up to 2,000 characters.</param>
/// <remarks>It costs no attempt, up to <see cref="RetryOptions.MaxReleases"/> times; from then on each time costs one.</remarks>
public sealed record WorkSnooze(TimeSpan Delay, string? Reason = null);
