namespace WorkManager.Leasing;

/// <param name="Lease">The lease.</param>
/// <param name="Failure">What went wrong; null in place of an entry of a batch that is null.</param>
internal sealed record FailRequest(LeaseToken Lease, WorkFailure? Failure) : IEndOfLease;
