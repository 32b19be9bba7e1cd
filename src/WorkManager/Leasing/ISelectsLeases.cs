namespace WorkManager.Leasing;

/// <summary>An operator's request for many leases.</summary>
internal interface ISelectsLeases
{
    LeaseSelection Selection { get; }
}
