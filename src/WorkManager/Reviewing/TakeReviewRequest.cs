namespace WorkManager.Reviewing;

/// <summary>An order that somebody takes to review it.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="For">For how long.</param>
internal sealed record TakeReviewRequest(Guid OrderId, TimeSpan For);
