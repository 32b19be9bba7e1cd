namespace WorkManager.Leasing;

/// <summary>Everything that has run out.</summary>
internal sealed record ReclaimRequest;
