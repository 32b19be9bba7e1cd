using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Orders;

namespace WorkManager.Reviewing;

/// <summary>Closes an order as rejected. Reject and cancel share this.</summary>
internal static class OrderClosing
{
    /// <exception cref="ApprovalDeniedException">The actor may not close it.</exception>
    /// <exception cref="IllegalTransitionException">The order is in no state to be closed.</exception>
    public static async Task<WorkOrder> CloseAsync(UnitOfWork unit, WorkOrder order, Guid decisionId, Closing closing)
    {
        DecisionRules.EnsureMayDecide(order, unit.Actor, closing.Decision);
        if (!order.State.IsLive() && !order.State.IsInReview())
        {
            throw Transitions.Illegal(order, OrderState.Rejected);
        }

        await OpenItems.TakeOutAsync(unit, order, "Lease revoked: the order is closed").ConfigureAwait(false);
        if (await RejectResultsAsync(unit, order, closing).ConfigureAwait(false))
        {
            // Also of what is worked on: it may have been returned by a reviewer who had accepted the rest.
            await GivenApprovals.VoidAsync(unit, order.Id, withEdits: true, withTakes: true).ConfigureAwait(false);
        }

        if (order.State is OrderState.CheckedOut or OrderState.InProgress)
        {
            unit.Lifecycle.Move(order, OrderState.Queued, new EventDetails(Message: "Leases revoked", Actor: Lifecycle.Engine));
        }

        unit.Lifecycle.Move(order, OrderState.Rejected, new EventDetails(closing.Payload, closing.Message));
        unit.Decide(decisionId, order, closing.Decision).Reasons = closing.Reasons.ToJsonString(JsonSerializerOptions.Web);
        await unit.SaveAsync().ConfigureAwait(false);
        return order.Detach(withItems: false);
    }

    /// <returns>Whether there were any.</returns>
    private static async Task<bool> RejectResultsAsync(UnitOfWork unit, WorkOrder order, Closing closing)
    {
        var submitted = await unit.Rows.Items
            .Where(i => i.OrderId == order.Id && i.State == ItemState.Submitted)
            .OrderBy(i => i.Id)
            .ToListAsync().ConfigureAwait(false);
        foreach (var item in submitted)
        {
            item.Error = new JsonObject { ["code"] = "rejected", ["message"] = closing.Message, ["details"] = closing.Reasons.DeepClone() }
                .ToJsonString(JsonSerializerOptions.Web);
            unit.Lifecycle.Move(order, item, ItemState.Rejected, new EventDetails(Message: closing.Message));
        }

        return submitted.Count > 0;
    }
}
