namespace WorkManager.Operating;

internal sealed record ResumeTypeRequest(string OrderType);
