namespace WorkManager;

/// <summary>A lease, and how far its holder has come.</summary>
/// <param name="Lease">The lease; a <see cref="WorkLease"/> converts to it.</param>
/// <param name="Progress">0 to 100, in percent.</param>
public readonly record struct LeaseProgress(LeaseToken Lease, int Progress);
