namespace WorkManager;

/// <summary>An item that has failed for good in an order that goes on without it.</summary>
/// <typeparam name="TInput">What the agents got.</typeparam>
/// <param name="ItemId">The item.</param>
/// <param name="Input">What the agents got.</param>
/// <param name="Failure">What went wrong the last time.</param>
public sealed record FailedItem<TInput>(Guid ItemId, TInput Input, WorkFailure Failure);
