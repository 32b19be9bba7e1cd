namespace WorkManager.Leasing;

/// <summary>What to claim.</summary>
/// <param name="Count">How many items at most.</param>
/// <param name="OrderId">Only of this order.</param>
/// <param name="OrderType">Only of this order type.</param>
/// <param name="MinPriority">Only of this priority or higher.</param>
/// <param name="Ttl">For how long.</param>
internal sealed record Claim(int Count, Guid? OrderId, string? OrderType, short? MinPriority, TimeSpan Ttl)
{
    /// <summary>The time in whole seconds, as it is stored.</summary>
    public int Seconds => (int)Math.Ceiling(Ttl.TotalSeconds);
}
