namespace WorkManager.Leasing;

/// <summary>A request to take back every lease that has run out.</summary>
internal sealed record ReclaimRequest;
