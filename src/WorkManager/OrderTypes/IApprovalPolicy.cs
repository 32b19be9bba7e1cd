namespace WorkManager;

/// <summary>
/// A rule of the application about who may approve which order, beside those of the order types. Register any number of them; one objection is enough.
/// </summary>
/// <remarks>
/// It is asked in the scope of the apply, while the order is locked; before an item is accepted; and for lists of what somebody may approve. It should read
/// little, and must change nothing. It is not asked about automatic approvals.
/// </remarks>
public interface IApprovalPolicy
{
    /// <summary>Says why somebody may not approve an order.</summary>
    /// <param name="order">The order; its items may not be loaded.</param>
    /// <param name="approver">Who wants to approve it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>A sentence for the approver, which <see cref="ApprovalDeniedException"/> carries; null if there is nothing against it.</returns>
    Task<string?> FindObjectionAsync(WorkOrder order, Actor approver, CancellationToken cancellationToken = default);
}
