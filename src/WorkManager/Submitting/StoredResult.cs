namespace WorkManager.Submitting;

/// <summary>A result that was stored, and the state of its order after that.</summary>
internal sealed record StoredResult(Guid ItemId, long Epoch, int Revision, Guid OrderId, string OrderType, string OrderState);
