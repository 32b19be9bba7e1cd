namespace WorkManager;

/// <summary>One failure of a batch of failures.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Failure">What went wrong.</param>
public sealed record FailedAttempt(LeaseToken Lease, WorkFailure Failure);
