using System.Text.Json;

namespace WorkManager.OrderTypes;

/// <summary>A stored order as an order type sees it: read leniently, and brought up to the type's version first.</summary>
internal sealed class StoredOrder(WorkOrder order, IEnumerable<WorkItem> items, OrderType type, int version, JsonSerializerOptions lenient)
{
    public Guid Id => order.Id;

    public IReadOnlyList<StoredItem> Items { get; } = [.. items.OrderBy(i => i.Id).Select(i => new StoredItem(i, type, version, lenient))];

    public TPayload ReadPayload<TPayload>() =>
        new StoredDocument("payload", order.Payload, order.TypeVersion, lenient).Upgrade(version, type.Upgrade).Read<TPayload>();
}
