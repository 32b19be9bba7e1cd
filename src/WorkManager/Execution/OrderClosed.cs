namespace WorkManager.Execution;

/// <summary>An order was completed, rejected or given up. Others may have waited for it.</summary>
internal sealed record OrderClosed(Guid OrderId, string TenantId) : CommittedFact;
