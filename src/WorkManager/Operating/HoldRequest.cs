using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <param name="OrderId">The order.</param>
/// <param name="Reason">Why, if said.</param>
internal sealed record HoldRequest(Guid OrderId, string? Reason) : IOrderRequest;
