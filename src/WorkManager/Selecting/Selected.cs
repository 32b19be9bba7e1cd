namespace WorkManager.Selecting;

/// <param name="Selection">The orders.</param>
/// <param name="Request">What is asked for of each of them.</param>
internal sealed record Selected<TRequest>(WorkSelection Selection, Func<Guid, TRequest> Request);
