namespace WorkManager.Leasing;

/// <summary>A holder's request to end its lease without a result.</summary>
internal interface IEndOfLease
{
    LeaseToken Lease { get; }
}
