namespace WorkManager.Operating;

/// <summary>Asks what waits and what is in work.</summary>
internal sealed record ReadQueueRequest;
