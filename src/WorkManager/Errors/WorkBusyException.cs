namespace WorkManager;

/// <summary>Somebody else has the item locked at this moment (<c>busy</c>). Nothing was changed; send it again.</summary>
/// <remarks>Only batches have it as an outcome: a single call waits until the item is free.</remarks>
public sealed class WorkBusyException : WorkManagerException
{
    internal WorkBusyException(Guid itemId)
        : base(WorkErrorCodes.Busy, $"Item {itemId} is locked by another call at this moment. Send it again.") => ItemId = itemId;

    /// <summary>The item.</summary>
    public Guid ItemId { get; }
}
