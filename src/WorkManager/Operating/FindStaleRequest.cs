namespace WorkManager.Operating;

/// <summary>Asks for all orders that have been open for too long.</summary>
internal sealed record FindStaleRequest;
