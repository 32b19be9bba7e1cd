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

    /// <summary>Why the actor may not approve.</summary>
    public ApprovalDeniedReason Reason { get; }

    private static string Describe(Guid orderId, ApprovalDeniedReason reason) => reason switch
    {
        ApprovalDeniedReason.Agent => $"Agents cannot approve work orders. A person has to approve order {orderId}.",
        ApprovalDeniedReason.Self => $"Order {orderId} contains work that you, or an agent on your behalf, submitted. Somebody else has to approve it.",
        ApprovalDeniedReason.Role => $"You do not have the role that is needed to approve order {orderId}. Somebody who has it has to approve it.",
        _ => $"Order {orderId} needs a second approver. Another person has to approve it, too.",
    };
}
