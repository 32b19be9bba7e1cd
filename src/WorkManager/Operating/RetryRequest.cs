using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <param name="OrderId">The order.</param>
/// <param name="ItemIds">The failed items; null for all.</param>
/// <param name="KeepsAttempts">Whether the attempts that the items had count on.</param>
internal sealed record RetryRequest(Guid OrderId, IReadOnlyCollection<Guid>? ItemIds, bool KeepsAttempts) : IOrderRequest;
