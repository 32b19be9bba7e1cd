namespace WorkManager.Proposing;

/// <param name="IsDryRun">Whether to say only what would be proposed.</param>
internal sealed record GenerateRequest(bool IsDryRun);
