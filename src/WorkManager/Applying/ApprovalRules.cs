namespace WorkManager.Applying;

/// <summary>Separation of duties.</summary>
internal static class ApprovalRules
{
    /// <summary>Refuses agents, and calls without a named actor.</summary>
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

    /// <summary>Refuses an approver who submitted work of the order, itself or through an agent, unless the order type allows it.</summary>
    /// <returns>Whether the actor approves own work.</returns>
    /// <exception cref="ApprovalDeniedException">It may not.</exception>
    public static bool EnsureMayApprove(WorkOrder order, IEnumerable<WorkItem> items, bool allowsSelf, Actor actor, string? policy)
    {
        // An automatic approval has submitted no work, so it cannot approve its own.
        if (policy is not null)
        {
            return false;
        }

        var isOwnWork = items.Any(i => (i.SubmittedByType == actor.Type && i.SubmittedById == actor.Id) || i.SubmittedFor == actor.ToString());
        return !isOwnWork || allowsSelf ? isOwnWork : throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Self);
    }
}
