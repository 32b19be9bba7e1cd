namespace WorkManager.Leasing;

/// <summary>A heartbeat.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Progress">How far its holder has come, in percent; null if it does not say.</param>
internal sealed record BeatRequest(LeaseToken Lease, int? Progress = null);
