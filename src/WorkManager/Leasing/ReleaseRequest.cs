namespace WorkManager.Leasing;

/// <param name="Lease">The lease.</param>
/// <param name="Options">How it is given back.</param>
internal sealed record ReleaseRequest(LeaseToken Lease, ReleaseOptions Options) : IEndOfLease;
