namespace WorkManager.Submitting;

/// <summary>A result that was stored, and where that leaves its order.</summary>
internal sealed record StoredResult(Guid ItemId, long Epoch, int Revision, Guid OrderId, string OrderType, string OrderState);
