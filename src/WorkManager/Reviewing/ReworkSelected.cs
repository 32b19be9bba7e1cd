using WorkManager.Execution;
using WorkManager.Selecting;

namespace WorkManager.Reviewing;

/// <summary>Returns the selected orders for rework that wait for review.</summary>
internal sealed class ReworkSelected(ReturnForRework one, StoreDialects dialects)
    : SelectedOrders<ReworkRequest>("rework_selected", JoinRule.Refuses, one, dialects)
{
    // Who opens again what somebody has rejected says so of each order.
    protected override IQueryable<WorkOrder> Candidates(IQueryable<WorkOrder> orders) => orders.InState(OrderState.Submitted);
}
