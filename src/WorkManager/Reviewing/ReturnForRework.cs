using System.Text.Json;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.Persistence;
using WorkManager.Selecting;

namespace WorkManager.Reviewing;

/// <summary>Sends results back to the queue: of an order that waits for review, or of one that was rejected.</summary>
internal sealed class ReturnForRework(IdGenerator ids, Rework rework, StoreDialects dialects)
    : OrderVerb<ReworkRequest>("rework", JoinRule.Joins)
{
    public override void Check(ReworkRequest request)
    {
        Reasons.Check(request.Reasons);
        if (request.ItemIds is { Count: 0 })
        {
            throw WorkValidationException.Argument("item_ids", ValidationCodes.MinItems, "Name at least one item, or none at all (null) for all of the order.");
        }
    }

    protected override async Task<WorkOrder?> WriteAsync(
        OperationContext context, ReworkRequest request, bool waits, Func<WorkOrder, bool> isMeant, CancellationToken cancellationToken)
    {
        try
        {
            return await base.WriteAsync(context, request, waits, isMeant, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception refused) when (dialects.Of(context.Host).RefusesToStore(refused))
        {
            // The order may have been closed, and another one may have its unique key since.
            await OpenOrders.EnsureKeyIsFreeAsync(context, request.OrderId).ConfigureAwait(false);
            throw;
        }
    }

    protected override async Task<bool> DoAsync(UnitOfWork unit, WorkOrder order, ReworkRequest request)
    {
        const string decision = "rework";
        var (reasons, itemIds) = (Reasons.Check(request.Reasons), request.ItemIds);
        DecisionRules.EnsureMayDecide(order, unit.Actor, decision);
        if (order.State == OrderState.Rejected)
        {
            // An agent would overrule who rejected it.
            DecisionRules.EnsureIsNoAgent(order, unit.Actor, "reopen");
        }

        if (order.State is not (OrderState.Submitted or OrderState.Rejected))
        {
            throw Transitions.Illegal(order, OrderState.Queued);
        }

        if (order.State == OrderState.Rejected && itemIds is not null)
        {
            throw WorkValidationException.Argument(
                "item_ids", ValidationCodes.Invalid, "A rejected order goes back as a whole: its items were all refused. Name no items.");
        }

        await OrderDependencies.EnsureNoneIsInVainAsync(unit, order).ConfigureAwait(false);
        // What had failed is tried again, too: else the order would end as before.
        var done = order.State == OrderState.Submitted ? ItemState.Submitted : ItemState.Rejected;
        var named = await NamedItems.FindAsync(unit, order, itemIds, done, ItemState.Failed).ConfigureAwait(false);
        if (named.RemoveAll(ChildOrder.HasMoved) > 0 && named.Count == 0 && order.ItemsOpen == 0)
        {
            throw WorkValidationException.Argument(
                "item_ids", ValidationCodes.Invalid, $"All items of the order {order.Id} have moved to other orders: return those of these.");
        }

        var returned = await rework.WithDependentsAsync(unit, order, named).ConfigureAwait(false);
        await Rework.ReturnAsync(unit, order, returned, null, reasons).ConfigureAwait(false);
        unit.Decide(ids.Next(), order, decision).Reasons = reasons.ToJsonString(JsonSerializerOptions.Web);
        return true;
    }
}
