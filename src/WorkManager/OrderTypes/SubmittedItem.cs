namespace WorkManager;

/// <summary>An item and its result.</summary>
/// <typeparam name="TInput">What the agent got.</typeparam>
/// <typeparam name="TResult">What it submitted.</typeparam>
/// <param name="ItemId">The item.</param>
/// <param name="Input">What the agent got.</param>
/// <param name="Result">What it submitted.</param>
public sealed record SubmittedItem<TInput, TResult>(Guid ItemId, TInput Input, TResult Result);
