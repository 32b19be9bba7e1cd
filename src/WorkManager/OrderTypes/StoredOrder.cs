using System.Security.Cryptography;
using System.Text;

namespace WorkManager.OrderTypes;

/// <summary>A stored order as an order type sees it: brought up to the type's version first.</summary>
/// <param name="order">The order.</param>
/// <param name="items">Its items that have a result.</param>
/// <param name="failedItems">Its items that have failed for good.</param>
/// <param name="type">The order type.</param>
/// <param name="version">The version of the order type.</param>
/// <param name="format">How documents are read.</param>
internal sealed class StoredOrder(
    WorkOrder order, IEnumerable<WorkItem> items, IEnumerable<WorkItem> failedItems, OrderType type, int version, StoredFormat format)
{
    public Guid Id => order.Id;

    /// <summary>A hash of what the order applies: its payload, and the result of each item.</summary>
    public byte[] Content => field ??= HashOf(order, items);

    public IReadOnlyList<StoredItem> Items { get; } = Of(items, type, version, format);

    public IReadOnlyList<StoredItem> FailedItems { get; } = Of(failedItems, type, version, format);

    public TPayload ReadPayload<TPayload>() =>
        new StoredDocument("payload", order.Payload, order.TypeVersion, format).Upgrade(version, type.Upgrade).Read<TPayload>();

    private static byte[] HashOf(WorkOrder order, IEnumerable<WorkItem> items) => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{order.PayloadHash}{string.Concat(items.OrderBy(i => i.Id).Select(i => $" {i.Id:N} {i.ResultHash}"))}"));

    private static IReadOnlyList<StoredItem> Of(IEnumerable<WorkItem> items, OrderType type, int version, StoredFormat format) =>
        [.. items.OrderBy(i => i.Id).Select(i => new StoredItem(i, type, version, format))];
}
