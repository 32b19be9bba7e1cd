namespace WorkManager.Operating;

internal sealed record PauseTypeRequest(string OrderType, string? Reason);
