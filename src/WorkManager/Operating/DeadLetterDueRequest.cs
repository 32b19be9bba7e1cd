namespace WorkManager.Operating;

/// <summary>Asks for all orders that have been failed for long enough.</summary>
internal sealed record DeadLetterDueRequest;
