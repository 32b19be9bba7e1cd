namespace WorkManager;

/// <summary>Orders that have been open for too long.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="OrderIds">The oldest of them, up to 100.</param>
public sealed record StaleOrders(int Count, IReadOnlyList<Guid> OrderIds);
