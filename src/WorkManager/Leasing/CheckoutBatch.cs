namespace WorkManager.Leasing;

/// <param name="Count">How many items at most.</param>
/// <param name="Filter">What to look for.</param>
internal sealed record CheckoutBatch(int Count, CheckoutRequest Filter);
