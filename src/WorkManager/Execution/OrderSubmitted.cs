namespace WorkManager.Execution;

/// <summary>The last result of an order was stored, so the order can be approved.</summary>
internal sealed record OrderSubmitted(Guid OrderId, string TenantId, string OrderType) : CommittedFact;
