namespace WorkManager;

/// <summary>The order cannot be approved yet (<c>order_not_ready</c>).</summary>
public sealed class OrderNotReadyException : WorkManagerException
{
    internal OrderNotReadyException(Guid orderId, IReadOnlyList<string> reasons)
        : base(WorkErrorCodes.OrderNotReady, $"Order {orderId} is not ready for approval: {string.Join(" ", reasons)}")
    {
        OrderId = orderId;
        Reasons = reasons;
    }

    /// <summary>The order.</summary>
    public Guid OrderId { get; }

    /// <summary>What is missing, at least one sentence.</summary>
    public IReadOnlyList<string> Reasons { get; }
}
