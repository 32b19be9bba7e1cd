namespace WorkManager;

/// <summary>The caller holds no live lease on the item (<c>lease_lost</c>). A second submit of an item is refused for the same reason.</summary>
public sealed class LeaseLostException : WorkManagerException
{
    internal LeaseLostException(Guid itemId, LeaseLostReason reason)
        : base(WorkErrorCodes.LeaseLost, Describe(itemId, reason))
    {
        ItemId = itemId;
        Reason = reason;
    }

    /// <summary>The item.</summary>
    public Guid ItemId { get; }

    /// <summary>Why the caller holds no live lease.</summary>
    public LeaseLostReason Reason { get; }

    private static string Describe(Guid itemId, LeaseLostReason reason) => reason switch
    {
        LeaseLostReason.Expired => $"The lease on item {itemId} has expired. Check out work again.",
        LeaseLostReason.Superseded => $"Item {itemId} was leased again after your lease ended. Check out work again.",
        LeaseLostReason.NotHolder => $"The lease on item {itemId} belongs to another agent. Use a lease that was granted to you.",
        _ => $"Item {itemId} is not leased: it was submitted or released, its lease was taken back, or its order was closed. Check out work again.",
    };
}
