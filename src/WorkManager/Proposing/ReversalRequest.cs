namespace WorkManager.Proposing;

/// <param name="OrderId">The order that is to be reversed.</param>
/// <param name="Comment">Why, if said.</param>
internal sealed record ReversalRequest(Guid OrderId, string? Comment);
