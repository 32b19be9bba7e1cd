using System.Text.Json.Nodes;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Changes when an open order is served, or when it is due.</summary>
internal sealed class RescheduleOrder() : OrderVerb<RescheduleRequest>("reschedule", JoinRule.Joins)
{
    public override void Check(RescheduleRequest request) => Priorities.Ensure(request.Priority);

    protected override async Task<bool> DoAsync(UnitOfWork unit, WorkOrder order, RescheduleRequest request)
    {
        DecisionRules.EnsureMayDecide(order, unit.Actor, "reschedule");
        if (order.State.IsClosed())
        {
            throw Transitions.Illegal(order, WorkEventNames.Rescheduled);
        }

        DateTimeOffset? dueAt = request.DueAt is { } due ? WorkClock.Cut(due) : null;
        if (request.ChangesDueAt && order.DueAt != dueAt)
        {
            unit.Audit.Record(WorkEventNames.Rescheduled, order, new(new JsonObject { ["due_at"] = dueAt, ["previous_due_at"] = order.DueAt }));
            order.DueAt = dueAt;
            order.UpdatedAt = unit.Now;
            return true;
        }

        if (request.Priority is { } priority && order.Priority != priority)
        {
            await Priorities.ChangeAsync(unit, order, (short)priority).ConfigureAwait(false);
            return true;
        }

        return false;
    }
}
