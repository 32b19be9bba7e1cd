using WorkManager.Execution;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Gives up the selected orders that have failed or were rejected.</summary>
internal sealed class DeadLetterSelected(DeadLetterOrder one, StoreDialects dialects)
    : SelectedOrders<DeadLetterRequest>("dead_letter_selected", JoinRule.Refuses, one, dialects)
{
    protected override IQueryable<WorkOrder> Candidates(IQueryable<WorkOrder> orders) => orders.InState(OrderState.Failed, OrderState.Rejected);
}
