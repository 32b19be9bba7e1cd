using WorkManager.Execution;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Lets the selected orders go on that are held.</summary>
internal sealed class ResumeSelected(ResumeOrder one, StoreDialects dialects)
    : SelectedOrders<ResumeRequest>("resume_selected", JoinRule.Refuses, one, dialects)
{
    // An order that is closed stays held, and would be when it is opened again. What is completed cannot be held: it was approved.
    protected override IQueryable<WorkOrder> Candidates(IQueryable<WorkOrder> orders) => orders.Where(o => o.HeldAt != null)
        .InState(
            OrderState.Queued, OrderState.CheckedOut, OrderState.InProgress, OrderState.Submitted, OrderState.Approved, OrderState.Failed,
            OrderState.Rejected);
}
