namespace WorkManager.Leasing;

/// <summary>Which items to look at.</summary>
/// <param name="OrderId">Only of this order; null for all. Who names an order names types, too.</param>
/// <param name="Types">Only of these order types; null for all.</param>
/// <param name="MinPriority">Only of this priority or higher.</param>
internal sealed record QueueFilter(Guid? OrderId = null, IReadOnlyList<string>? Types = null, short MinPriority = 0)
{
    public static QueueFilter All { get; } = new();
}
