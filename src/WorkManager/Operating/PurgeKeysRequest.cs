namespace WorkManager.Operating;

internal sealed record PurgeKeysRequest;
