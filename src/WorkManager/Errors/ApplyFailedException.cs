namespace WorkManager;

/// <summary>The host's apply threw (<c>apply_failed</c>) or ran too long (<c>apply_timeout</c>).</summary>
/// <remarks>Everything was rolled back, the order stays submitted and the failure is in its audit trail. Approve again to retry.</remarks>
public sealed class ApplyFailedException : WorkManagerException
{
    internal ApplyFailedException(Guid orderId, Exception cause)
        : base(
            WorkErrorCodes.ApplyFailed,
            $"Applying order {orderId} failed with {cause.GetBaseException().GetType().Name}: "
            + $"{cause.GetBaseException().Message} Nothing was changed: correct the cause, and approve again.",
            cause)
        => OrderId = orderId;

    private ApplyFailedException(string message, Guid orderId, Exception cause)
        : base(WorkErrorCodes.ApplyTimeout, message, cause) => OrderId = orderId;

    internal static ApplyFailedException TooSlow(Guid orderId, TimeSpan limit, Exception cause) => new(
        $"Applying order {orderId} took longer than {limit}, and was rolled back. Make it faster, or Review.ApplyTimeLimit longer: meanwhile it holds locks.",
        orderId, cause);

    /// <summary>The order.</summary>
    public Guid OrderId { get; }
}
