namespace WorkManager.Reviewing;

/// <summary>Who may reject, cancel or return an order.</summary>
internal static class ClosingRules
{
    /// <exception cref="ApprovalDeniedException">
    /// As for closing, or an agent wants to open what was closed: that would overrule who closed it.
    /// </exception>
    public static void EnsureMayReturn(WorkOrder order, Actor actor, string decision)
    {
        EnsureMayClose(order, actor, decision);
        if (actor.Type == ActorType.Agent && order.State == OrderState.Rejected)
        {
            throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Agent, decision);
        }
    }

    /// <exception cref="ApprovalDeniedException">Nobody was named who acts, or an agent wants to close an order that it did not propose.</exception>
    public static void EnsureMayClose(WorkOrder order, Actor actor, string decision)
    {
        if (actor.IsSame(Actor.Unnamed))
        {
            throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Unnamed, decision);
        }

        if (actor.Type == ActorType.Agent && !(order.RequestedByType == actor.Type && order.RequestedById == actor.Id))
        {
            throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Agent, decision);
        }
    }
}
