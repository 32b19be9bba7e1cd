namespace WorkManager;

/// <summary>An open order has the unique key already (<c>already_open</c>).</summary>
public sealed class AlreadyOpenException : WorkManagerException
{
    internal AlreadyOpenException(Guid orderId, string uniqueKey)
        : base(WorkErrorCodes.AlreadyOpen, $"Order {orderId} has the unique key '{uniqueKey}', and is still open.") => OrderId = orderId;

    /// <summary>The open order.</summary>
    public Guid OrderId { get; }
}
