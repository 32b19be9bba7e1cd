namespace WorkManager.Applying;

/// <param name="OrderId">The order.</param>
/// <param name="ContentHash">What the reviewer saw.</param>
/// <param name="Policy">The rule by which it is approved, if no person decided.</param>
internal sealed record ApproveRequest(Guid OrderId, ContentHash? ContentHash, string? Policy = null);
