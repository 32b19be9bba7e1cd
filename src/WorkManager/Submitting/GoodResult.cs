namespace WorkManager.Submitting;

/// <summary>A result that passed its checks, with the payload of its event.</summary>
internal sealed record GoodResult(LeaseToken Lease, string Text, string Hash, string Payload, string PayloadHash);
