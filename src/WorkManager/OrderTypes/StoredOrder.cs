namespace WorkManager.OrderTypes;

/// <summary>A stored order as an order type sees it: brought up to the type's version first.</summary>
internal sealed class StoredOrder(WorkOrder order, IEnumerable<WorkItem> items, OrderType type, int version, StoredFormat format)
{
    public Guid Id => order.Id;

    public IReadOnlyList<StoredItem> Items { get; } = [.. items.OrderBy(i => i.Id).Select(i => new StoredItem(i, type, version, format))];

    public TPayload ReadPayload<TPayload>() =>
        new StoredDocument("payload", order.Payload, order.TypeVersion, format).Upgrade(version, type.Upgrade).Read<TPayload>();
}
