namespace WorkManager.Leasing;

/// <summary>How many leases of an order type are live in a tenant.</summary>
internal sealed record LiveLeases(string TenantId, string OrderType, int Count);
