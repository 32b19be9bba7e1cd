using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.OrderTypes;

/// <summary>A stored order as an order type sees it: read leniently, and brought up to the type's version first.</summary>
internal sealed class StoredOrder(WorkOrder order, IEnumerable<WorkItem> items, OrderType type, int version, JsonSerializerOptions lenient)
{
    public Guid Id => order.Id;

    public IReadOnlyList<StoredItem> Items { get; } = [.. items.OrderBy(i => i.Id).Select(i => new StoredItem(i, lenient))];

    public TPayload ReadPayload<TPayload>()
    {
        if (order.TypeVersion >= version)
        {
            return StoredItem.Read<TPayload>(order.Payload, lenient);
        }

        var stored = JsonNode.Parse(order.Payload) as JsonObject ?? throw new JsonException("A payload that is to be upgraded must be a JSON object.");
        return type.Upgrade(stored, order.TypeVersion).Deserialize<TPayload>(lenient) ?? throw new JsonException("The upgraded payload is null.");
    }
}
