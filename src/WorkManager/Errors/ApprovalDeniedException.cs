namespace WorkManager;

/// <summary>
/// The actor may not decide about this order (<c>approval_denied</c>): approve, reject, return or cancel it, hold or resume it, retry it, give it up, or
/// change its priority, revoke or extend its leases.
/// </summary>
public sealed class ApprovalDeniedException : WorkManagerException
{
    private static readonly string[] ForPeople = ["approve", "hold", "resume", "revoke leases of", "extend leases of"];

    internal ApprovalDeniedException(Guid orderId, ApprovalDeniedReason reason, string decision = "approve")
        : base(WorkErrorCodes.ApprovalDenied, Describe(orderId, reason, decision))
    {
        OrderId = orderId;
        Reason = reason;
    }

    /// <summary>The order; empty if the call was about many.</summary>
    public Guid OrderId { get; }

    /// <summary>Why the actor may not decide.</summary>
    public ApprovalDeniedReason Reason { get; }

    private static string Describe(Guid orderId, ApprovalDeniedReason reason, string decision) => reason switch
    {
        ApprovalDeniedReason.Unnamed =>
            $"Nobody was named who wants to {decision} order {orderId}. Name the person: call As(Actor.User(id)) on the manager, or set UseDefaultActor.",
        ApprovalDeniedReason.Agent when !ForPeople.Contains(decision) =>
            $"Agents can {decision} only the orders that they proposed. A person has to {decision} order {orderId}.",
        ApprovalDeniedReason.Agent when orderId == Guid.Empty => $"Agents cannot {decision} work orders. A person has to do it.",
        ApprovalDeniedReason.Agent => $"Agents cannot {decision} work orders. A person has to {decision} order {orderId}.",
        ApprovalDeniedReason.Self => $"Order {orderId} contains work that you, or an agent on your behalf, submitted. Somebody else has to approve it.",
        ApprovalDeniedReason.Role => $"You do not have the role that is needed to approve order {orderId}. Somebody who has it has to approve it.",
        _ => $"Order {orderId} needs a second approver. Another person has to approve it, too.",
    };
}
