namespace WorkManager.Reviewing;

/// <summary>An order that somebody does not want to review.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Comment">Why.</param>
internal sealed record SkipReviewRequest(Guid OrderId, string? Comment);
