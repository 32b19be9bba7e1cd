namespace WorkManager;

/// <summary>
/// The actor may not decide about this order (<c>approval_denied</c>): approve, reject, return or cancel it, correct a result of it, hold or resume it,
/// retry it, give it up, or change its priority, revoke or extend its leases; or about an order type: pause or resume it.
/// </summary>
public sealed class ApprovalDeniedException : WorkManagerException
{
    internal ApprovalDeniedException(Guid orderId, ApprovalDeniedReason reason, string decision = "approve")
        : this(Describe(orderId, reason, decision), orderId, reason)
    {
    }

    private ApprovalDeniedException(string message, Guid orderId, ApprovalDeniedReason reason)
        : base(WorkErrorCodes.ApprovalDenied, message)
    {
        OrderId = orderId;
        Reason = reason;
    }

    /// <summary>The order; empty if the call was about many, or about an order type.</summary>
    public Guid OrderId { get; }

    /// <summary>Why the actor may not decide.</summary>
    public ApprovalDeniedReason Reason { get; }

    /// <summary>A policy of the application is against it.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="objection">What it says.</param>
    internal static ApprovalDeniedException ByPolicy(Guid orderId, string objection) => new(objection, orderId, ApprovalDeniedReason.Policy);

    /// <summary>What no agent may do, not even to the orders that it proposed.</summary>
    /// <param name="orderId">The order; empty if the call is about many.</param>
    /// <param name="decision">What it wanted to do.</param>
    internal static ApprovalDeniedException ForAgents(Guid orderId, string decision) => new(
        $"Agents cannot {decision} work orders. A person has to {(orderId == Guid.Empty ? "do it" : $"{decision} order {orderId}")}.",
        orderId,
        ApprovalDeniedReason.Agent);

    private static string Describe(Guid orderId, ApprovalDeniedReason reason, string decision) => reason switch
    {
        ApprovalDeniedReason.Unnamed when orderId == Guid.Empty =>
            $"Nobody was named who wants to {decision} orders. Name the person: call As(Actor.User(id)) on the manager, or set UseDefaultActor.",
        ApprovalDeniedReason.Unnamed =>
            $"Nobody was named who wants to {decision} order {orderId}. Name the person: call As(Actor.User(id)) on the manager, or set UseDefaultActor.",
        ApprovalDeniedReason.Agent => $"Agents can {decision} only the orders that they proposed. A person has to {decision} order {orderId}.",
        ApprovalDeniedReason.Self => $"Order {orderId} contains work that you, or an agent on your behalf, submitted. Somebody else has to approve it.",
        ApprovalDeniedReason.Role => $"You do not have the role that is needed to approve order {orderId}. Somebody who has it has to approve it.",
        ApprovalDeniedReason.Requester => $"You proposed order {orderId}, or an agent did it for you. Somebody else has to approve it.",
        _ => $"You have approved order {orderId} already. It needs a second approver: another person has to approve it, too.",
    };
}
