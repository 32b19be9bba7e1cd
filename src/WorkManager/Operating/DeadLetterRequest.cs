using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <param name="OrderId">The order.</param>
/// <param name="Reason">Why, if said.</param>
internal sealed record DeadLetterRequest(Guid OrderId, string? Reason) : IOrderRequest;
