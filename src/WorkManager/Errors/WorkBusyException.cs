namespace WorkManager;

/// <summary>The database could not do it beside what others do at this moment (<c>busy</c>). Nothing was changed; send it again.</summary>
/// <remarks>
/// As an outcome of a batch: somebody else has the item locked, for which a single call waits. Thrown by a call: the database ended it because of a deadlock, a
/// serialization failure or a locked file, and it was tried again in vain, or could not be, because it had joined the caller's transaction. Then
/// <see cref="Exception.InnerException"/> is the provider's exception.
/// </remarks>
public sealed class WorkBusyException : WorkManagerException
{
    internal WorkBusyException(Guid itemId)
        : base(WorkErrorCodes.Busy, $"Item {itemId} is locked by another call at this moment. Send it again.") => ItemId = itemId;

    private WorkBusyException(string message)
        : base(WorkErrorCodes.Busy, message)
    {
    }

    internal WorkBusyException(Exception conflict, bool isJoined)
        : base(
            WorkErrorCodes.Busy,
            isJoined
                ? "The database found a conflict with another transaction. Roll back your transaction, and run all of it again."
                : "The database found a conflict with other transactions, each time that the call was tried. Send it again.",
            conflict)
    {
    }

    /// <summary>The item that somebody else has locked; null if the whole call met a conflict.</summary>
    public Guid? ItemId { get; }

    internal static WorkBusyException OfOrder(Guid orderId) => new($"Order {orderId} is locked by another call at this moment. Send it again.");

    internal static WorkBusyException ClosedMeanwhile(string uniqueKey) =>
        new($"The open order with the unique key '{uniqueKey}' was closed at this moment. Send the proposal again.");
}
