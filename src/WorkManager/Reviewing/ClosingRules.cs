namespace WorkManager.Reviewing;

/// <summary>Who may reject or cancel an order.</summary>
internal static class ClosingRules
{
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
