using WorkManager.Execution;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Retries the selected orders that have failed, or have failed items.</summary>
internal sealed class RetrySelected(RetryOrder one, StoreDialects dialects)
    : SelectedOrders<RetryRequest>("retry_selected", JoinRule.Refuses, one, dialects)
{
    protected override IQueryable<WorkOrder> Candidates(IQueryable<WorkOrder> orders) =>
        orders.Where(o => o.ItemsFailed > 0 || o.State == OrderState.Failed)
            .InState(OrderState.Queued, OrderState.CheckedOut, OrderState.InProgress, OrderState.Failed);
}
