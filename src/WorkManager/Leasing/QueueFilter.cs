namespace WorkManager.Leasing;

/// <summary>Which items to look at.</summary>
/// <param name="OrderId">Only of this order; null for all.</param>
/// <param name="OrderType">Only of this order type; null for all.</param>
/// <param name="MinPriority">Only of this priority or higher.</param>
internal sealed record QueueFilter(Guid? OrderId = null, string? OrderType = null, short MinPriority = 0)
{
    public static QueueFilter All { get; } = new();
}
