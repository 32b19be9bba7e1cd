namespace WorkManager.Orders;

/// <summary>Who may decide about an order. Approval has rules of the order's type beside these.</summary>
internal static class DecisionRules
{
    /// <summary>Refuses calls without a named actor, and agents that did not propose the order.</summary>
    /// <exception cref="ApprovalDeniedException">It is one of these.</exception>
    public static void EnsureMayDecide(WorkOrder order, Actor actor, string decision)
    {
        EnsureNamed(order, actor, decision);
        if (actor.Type == ActorType.Agent && !(order.RequestedByType == actor.Type && order.RequestedById == actor.Id))
        {
            throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Agent, decision);
        }
    }

    /// <summary>Refuses calls without a named actor, and all agents.</summary>
    /// <exception cref="ApprovalDeniedException">It is one of these.</exception>
    public static void EnsureIsNoAgent(WorkOrder order, Actor actor, string decision)
    {
        EnsureNamed(order, actor, decision);
        if (actor.Type == ActorType.Agent)
        {
            throw ApprovalDeniedException.ForAgents(order.Id, decision);
        }
    }

    /// <summary>Refuses agents, and calls without a named actor.</summary>
    /// <param name="orderId">The order; empty if the call is about many.</param>
    /// <param name="actor">Who wants to approve.</param>
    /// <exception cref="ApprovalDeniedException">It is one of these.</exception>
    public static void EnsureMayApprove(Guid orderId, Actor actor)
    {
        if (actor.Type == ActorType.Agent)
        {
            throw ApprovalDeniedException.ForAgents(orderId, "approve");
        }

        if (actor.IsSame(Actor.Unnamed))
        {
            throw new ApprovalDeniedException(orderId, ApprovalDeniedReason.Unnamed);
        }
    }

    private static void EnsureNamed(WorkOrder order, Actor actor, string decision)
    {
        if (actor.IsSame(Actor.Unnamed))
        {
            throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Unnamed, decision);
        }
    }
}
