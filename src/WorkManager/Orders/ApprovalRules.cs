namespace WorkManager.Orders;

/// <summary>Separation of duties, where the order type says how much of it there is.</summary>
internal static class ApprovalRules
{
    /// <summary>
    /// Refuses an approver without the role that is asked for, the requester if the type wants somebody else, and who submitted work of the order, itself or
    /// through an agent, or has edited a result, unless the type allows it.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="items">The items that are approved.</param>
    /// <param name="hasEdited">Whether the actor has edited a result of them.</param>
    /// <param name="terms">What the order type says.</param>
    /// <param name="actor">The approver.</param>
    /// <returns>Whether the actor approves own work.</returns>
    /// <exception cref="ApprovalDeniedException">It may not.</exception>
    public static bool EnsureMayApprove(WorkOrder order, IEnumerable<WorkItem> items, bool hasEdited, ApprovalTerms terms, Actor actor)
    {
        if (terms.Role is { } role && !actor.Roles.Contains(role, StringComparer.Ordinal))
        {
            throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Role);
        }

        if (!terms.AllowsRequester && (actor.Is(order.RequestedByType, order.RequestedById) || order.RequestedFor == actor.ToString()))
        {
            throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Requester);
        }

        var isOwnWork = hasEdited || items.Any(i => actor.Is(i.SubmittedByType, i.SubmittedById) || i.SubmittedFor == actor.ToString());
        return !isOwnWork || terms.AllowsSubmitter ? isOwnWork : throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Self);
    }
}
