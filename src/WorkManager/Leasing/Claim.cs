namespace WorkManager.Leasing;

/// <summary>What to claim.</summary>
/// <param name="Count">How many items at most.</param>
/// <param name="OrderId">Only of this order.</param>
/// <param name="OrderType">Only of this order type.</param>
/// <param name="MinPriority">Only of this priority or higher.</param>
/// <param name="Ttl">For how long.</param>
/// <param name="Tenants">Only of these tenants, from each its share; null for those that the operation sees.</param>
internal sealed record Claim(
    int Count, Guid? OrderId, string? OrderType, short? MinPriority, TimeSpan Ttl, IReadOnlyList<string>? Tenants = null)
{
    /// <summary>How many items each of the tenants may give.</summary>
    public int Share => (Count + Tenants!.Count - 1) / Tenants.Count;

    /// <summary>What it may claim.</summary>
    public QueueFilter Filter => new(OrderId, OrderType, MinPriority ?? 0);

    /// <summary>The time in whole seconds, as it is stored.</summary>
    public int Seconds => (int)Math.Ceiling(Ttl.TotalSeconds);
}
