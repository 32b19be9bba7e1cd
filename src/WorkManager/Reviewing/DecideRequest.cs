namespace WorkManager.Reviewing;

/// <param name="OrderId">The order.</param>
/// <param name="Decisions">What is decided about which items.</param>
internal sealed record DecideRequest(Guid OrderId, IReadOnlyList<ItemDecision> Decisions);
