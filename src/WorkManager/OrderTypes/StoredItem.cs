namespace WorkManager.OrderTypes;

/// <summary>A stored item as an order type sees it: brought up to the type's version first.</summary>
internal sealed class StoredItem(WorkItem item, OrderType type, int version, StoredFormat format)
{
    public Guid Id => item.Id;

    public Guid OrderId => item.OrderId;

    /// <summary>Why it failed. What the column says may have been erased.</summary>
    public WorkFailure Failure => item.ReadError() ?? new WorkFailure(StateNames.ToName(item.State), "");

    public TInput ReadInput<TInput>() =>
        new StoredDocument("input", item.Input, item.TypeVersion, format).Upgrade(version, type.UpgradeInput).Read<TInput>();

    /// <summary>The result. The version that checked it may be another one than that which planned the item.</summary>
    public TResult ReadResult<TResult>() =>
        new StoredDocument("result", item.Result ?? "null", item.ResultVersion ?? item.TypeVersion, format)
            .Upgrade(version, type.UpgradeResult).Read<TResult>();
}
