namespace WorkManager.Leasing;

/// <param name="Selection">The leases.</param>
/// <param name="Reason">Why, if said.</param>
internal sealed record RevokeRequest(LeaseSelection Selection, string? Reason) : ISelectsLeases;
