namespace WorkManager.Execution;

/// <summary>What is stored of orders that are applied.</summary>
internal static class AppliedOrders
{
    /// <summary>What an order changed, kept to be reversed; none if its type was not reversible.</summary>
    public static IQueryable<string> KeptChangesOf(WorkRows rows, Guid orderId) => rows.Decisions
        .Where(d => d.OrderId == orderId && d.Decision == WorkDecision.Approve && d.ConsumedAt != null && d.Changes != null).Select(d => d.Changes!);
}
