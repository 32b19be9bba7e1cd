namespace WorkManager;

/// <summary>What waits and what is in work, of one order type in all tenants.</summary>
/// <param name="OrderType">The key of the order type.</param>
/// <param name="Available">Items that can be claimed now.</param>
/// <param name="AvailableSince">Since when the oldest of them can be claimed; null if there are none.</param>
/// <param name="Waiting">Items whose time has not come, or that wait for something else: other work, a hold, a rework.</param>
/// <param name="Leased">Items that somebody holds, also those whose lease has run out.</param>
/// <param name="Expired">Items whose lease has run out, and that nobody has taken back yet.</param>
/// <param name="ExpiredSince">When the first of these leases ran out; null if there are none.</param>
public sealed record QueueStatus(
    string OrderType, int Available, DateTimeOffset? AvailableSince, int Waiting, int Leased, int Expired, DateTimeOffset? ExpiredSince);
