using System.Text.Json.Nodes;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes.Json;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Holds an order: leases on its items end, nobody can claim them, and it is not approved until it is resumed.</summary>
internal sealed class HoldOrder() : OrderVerb<HoldRequest>("hold", JoinRule.Joins)
{
    public override void Check(HoldRequest request) => StorableText.EnsureReason(request.Reason);

    protected override async Task<bool> DoAsync(UnitOfWork unit, WorkOrder order, HoldRequest request)
    {
        DecisionRules.EnsureIsNoAgent(order, unit.Actor, "hold");
        if (order.HeldAt is not null)
        {
            return false;
        }

        if (!order.State.IsLive() && !order.State.IsInReview())
        {
            throw Transitions.Illegal(order, WorkEventNames.Held);
        }

        order.HeldAt = unit.Now;
        order.UpdatedAt = unit.Now;
        unit.Audit.Record(WorkEventNames.Held, order, new(new JsonObject { ["reason"] = request.Reason }));
        await OpenItems.TakeOutAsync(unit, order, "Lease revoked: the order is held").ConfigureAwait(false);
        if (order.State is OrderState.CheckedOut or OrderState.InProgress)
        {
            unit.Lifecycle.Move(order, OrderState.Queued, new(Message: "Leases revoked", Actor: Lifecycle.Engine));
        }

        return true;
    }
}
