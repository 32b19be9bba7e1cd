namespace WorkManager;

/// <summary>A write by one who holds no live lease on the item (<c>lease_lost</c>). A second submit is one, too.</summary>
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

    /// <summary>Why the lease does not count.</summary>
    public LeaseLostReason Reason { get; }

    private static string Describe(Guid itemId, LeaseLostReason reason) => reason switch
    {
        LeaseLostReason.Expired => $"The lease on item {itemId} has expired. Check out work again.",
        LeaseLostReason.Superseded => $"The lease on item {itemId} was granted to somebody since. Check out work again.",
        LeaseLostReason.NotHolder => $"The lease on item {itemId} is held by another agent.",
        _ => $"Item {itemId} is not leased: it was submitted, released, taken back or its order was closed.",
    };
}
