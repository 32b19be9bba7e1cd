namespace WorkManager.Leasing;

/// <summary>A lease that was extended.</summary>
internal sealed record Beat(Guid ItemId, long Epoch, DateTimeOffset ExpiresAt);
