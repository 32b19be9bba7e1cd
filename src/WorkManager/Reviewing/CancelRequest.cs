namespace WorkManager.Reviewing;

/// <param name="OrderId">The order.</param>
/// <param name="Reason">Why, if said.</param>
internal sealed record CancelRequest(Guid OrderId, string? Reason);
