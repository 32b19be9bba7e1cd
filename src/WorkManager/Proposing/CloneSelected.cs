using WorkManager.Execution;
using WorkManager.Selecting;

namespace WorkManager.Proposing;

/// <summary>Clones the selected orders that were given up, each once.</summary>
internal sealed class CloneSelected(CloneOrder one, StoreDialects dialects) : SelectedOrders<CloneRequest>("clone_selected", JoinRule.Refuses, one, dialects)
{
    protected override IQueryable<WorkOrder> Candidates(IQueryable<WorkOrder> orders) => orders.InState(OrderState.DeadLettered);

    protected override IQueryable<WorkOrder> NotYet(IQueryable<WorkOrder> orders, WorkRows rows)
    {
        var clones = rows.Clones;
        return orders.Where(o => !clones.Any(clone => clone.ParentOrderId == o.Id));
    }
}
