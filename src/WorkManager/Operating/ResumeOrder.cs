using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Lets an order go on that was held.</summary>
internal sealed class ResumeOrder() : OrderVerb<ResumeRequest>("resume", JoinRule.Joins)
{
    protected override async Task<bool> DoAsync(UnitOfWork unit, WorkOrder order, ResumeRequest request)
    {
        DecisionRules.EnsureIsNoAgent(order, unit.Actor, "resume");
        if (order.HeldAt is null)
        {
            return false;
        }

        order.HeldAt = null;
        order.UpdatedAt = unit.Now;
        unit.Audit.Record(WorkEventNames.Resumed, order);
        await OpenItems.PutBackAsync(unit, order, await unit.ReadClockAsync().ConfigureAwait(false)).ConfigureAwait(false);
        return true;
    }
}
