namespace WorkManager.Operating;

/// <param name="IsDryRun">Whether to say only what would be deleted.</param>
internal sealed record PruneRequest(bool IsDryRun);
