namespace WorkManager.Auditing;

/// <summary>What an event says, as text, and the digest of it.</summary>
internal sealed record EventText(string? Payload, string? Diff, string Digest);
