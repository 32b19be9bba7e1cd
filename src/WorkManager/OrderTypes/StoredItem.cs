namespace WorkManager.OrderTypes;

/// <summary>A stored item as an order type sees it: brought up to the type's version first.</summary>
internal sealed class StoredItem(WorkItem item, OrderType type, int version, StoredFormat format)
{
    public Guid Id => item.Id;

    public Guid OrderId => item.OrderId;

    public TInput ReadInput<TInput>() =>
        new StoredDocument("input", item.Input, item.TypeVersion, format).Upgrade(version, type.UpgradeInput).Read<TInput>();

    /// <summary>The result. The version that checked it may be another one than that which planned the item.</summary>
    public TResult ReadResult<TResult>() =>
        new StoredDocument("result", item.Result ?? "null", item.ResultVersion ?? item.TypeVersion, format)
            .Upgrade(version, type.UpgradeResult).Read<TResult>();
}
