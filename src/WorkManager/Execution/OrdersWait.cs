namespace WorkManager.Execution;

/// <summary>Orders of a tenant were proposed or opened again that wait for others.</summary>
internal sealed record OrdersWait(IReadOnlyCollection<Guid> OrderIds, string TenantId) : CommittedFact;
