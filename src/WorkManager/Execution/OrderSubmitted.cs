namespace WorkManager.Execution;

/// <summary>All results of an order are in: somebody may want to approve it.</summary>
internal sealed record OrderSubmitted(Guid OrderId, string TenantId, string OrderType) : CommittedFact;
