using WorkManager.Execution;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Holds the selected orders that are worked on, or submitted.</summary>
internal sealed class HoldSelected(HoldOrder one, StoreDialects dialects) : SelectedOrders<HoldRequest>("hold_selected", JoinRule.Refuses, one, dialects)
{
    protected override IQueryable<WorkOrder> Candidates(IQueryable<WorkOrder> orders) => orders.Where(o => o.HeldAt == null)
        .InState(OrderState.Queued, OrderState.CheckedOut, OrderState.InProgress, OrderState.Submitted, OrderState.Approved);
}
