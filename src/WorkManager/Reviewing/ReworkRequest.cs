using WorkManager.Selecting;

namespace WorkManager.Reviewing;

/// <param name="OrderId">The order.</param>
/// <param name="Reasons">Why.</param>
/// <param name="ItemIds">Which items; null for all.</param>
internal sealed record ReworkRequest(Guid OrderId, IReadOnlyList<RejectionReason> Reasons, IReadOnlyCollection<Guid>? ItemIds)
    : IOrderRequest;
