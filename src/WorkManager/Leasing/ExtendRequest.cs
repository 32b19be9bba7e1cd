namespace WorkManager.Leasing;

/// <param name="Selection">The leases.</param>
/// <param name="Ttl">How long they are to last from now on.</param>
internal sealed record ExtendRequest(LeaseSelection Selection, TimeSpan Ttl) : ISelectsLeases;
