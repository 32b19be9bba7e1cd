namespace WorkManager.Reversals;

/// <summary>What an order that reverses another one is given.</summary>
/// <param name="OrderId">The order that is reversed.</param>
/// <param name="Comment">Why, if said.</param>
internal sealed record ReversalPayload(Guid OrderId, string? Comment = null);
