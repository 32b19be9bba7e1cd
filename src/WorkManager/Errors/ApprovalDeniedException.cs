namespace WorkManager;

/// <summary>The actor may not approve this order (<c>approval_denied</c>).</summary>
public sealed class ApprovalDeniedException : WorkManagerException
{
    internal ApprovalDeniedException(Guid orderId, ApprovalDeniedReason reason)
        : base(WorkErrorCodes.ApprovalDenied, Describe(orderId, reason))
    {
        OrderId = orderId;
        Reason = reason;
    }

    /// <summary>The order.</summary>
    public Guid OrderId { get; }

    /// <summary>Which separation of duties was broken.</summary>
    public ApprovalDeniedReason Reason { get; }

    private static string Describe(Guid orderId, ApprovalDeniedReason reason) => reason switch
    {
        ApprovalDeniedReason.Agent => "Agents cannot approve work orders.",
        ApprovalDeniedReason.Self => $"Order {orderId} holds work that you submitted. Somebody else has to approve it.",
        ApprovalDeniedReason.Role => $"You lack the role that is needed to approve order {orderId}.",
        _ => $"Order {orderId} needs a second approver.",
    };
}
