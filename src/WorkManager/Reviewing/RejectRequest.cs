namespace WorkManager.Reviewing;

/// <param name="OrderId">The order.</param>
/// <param name="Reasons">Why.</param>
internal sealed record RejectRequest(Guid OrderId, IReadOnlyList<RejectionReason> Reasons);
