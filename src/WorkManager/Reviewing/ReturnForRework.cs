using System.Text.Json;
using System.Text.Json.Nodes;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.Persistence;
using WorkManager.Selecting;

namespace WorkManager.Reviewing;

/// <summary>Sends results back to the queue: of an order that waits for review, or of one that was rejected.</summary>
internal sealed class ReturnForRework(IdGenerator ids, OrderTypeRegistry types, RetryOptions retry, StoreDialects dialects)
    : OrderVerb<ReworkRequest>("rework", JoinRule.Joins)
{
    private const string Message = "Returned for rework";

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
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        // What had failed is tried again, too: else the order would end as before.
        var done = order.State == OrderState.Submitted ? ItemState.Submitted : ItemState.Rejected;
        var named = await NamedItems.FindAsync(unit, order, itemIds, done, ItemState.Failed).ConfigureAwait(false);
        var redoes = types.Find(order.Type)?.RedoDependents ?? true;
        var returned = await ItemDependencies.WithDependentsAsync(unit, named, redoes ? done : null).ConfigureAwait(false);
        EnsureMayGoOn(order, returned);
        if (order.State == OrderState.Submitted)
        {
            await GivenApprovals.VoidAsync(unit, order.Id).ConfigureAwait(false);
        }
        else
        {
            await OpenItems.PutBackAsync(unit, order, clock).ConfigureAwait(false);
        }

        foreach (var item in returned)
        {
            unit.Queue.Rework(order, item, clock, reasons, Message);
        }

        await ItemDependencies.WaitAgainAsync(unit, returned).ConfigureAwait(false);
        Reopen(unit, order, reasons, clock);
        unit.Decide(ids.Next(), order, decision).Reasons = reasons.ToJsonString(JsonSerializerOptions.Web);
        return true;
    }

    private void EnsureMayGoOn(WorkOrder order, List<WorkItem> returned)
    {
        var most = types.Find(order.Type)?.MaxReworks ?? retry.MaxReworks;
        if (most == 0)
        {
            throw new WorkLimitException(
                WorkErrorCodes.ReworkLimit, $"Results of '{order.Type}' are not returned for rework. Reject the order, or approve it.", 0);
        }

        if (returned.Find(i => i.ReworkCount >= most) is { } item)
        {
            throw new WorkLimitException(
                WorkErrorCodes.ReworkLimit,
                $"The item {item.Id} was returned for rework {item.ReworkCount} times, and may not be again. Reject the order, or approve it.",
                most);
        }
    }

    private static void Reopen(UnitOfWork unit, WorkOrder order, JsonArray reasons, DateTimeOffset clock)
    {
        // What somebody has rejected is for people to approve from then on, also if its type approves by itself.
        var isAutomatic = order.NextApplyAt is not null;
        if (order.State == OrderState.Submitted)
        {
            unit.Lifecycle.Move(
                order, OrderState.Rejected, new(new JsonObject { ["reasons"] = reasons.DeepClone(), ["allow_rework"] = true }, Message));
        }

        unit.Lifecycle.Move(order, OrderState.Queued, new(Message: Message));
        (order.SubmittedAt, order.Error, order.ApplyAttempts) = (null, null, 0);
        order.NextApplyAt = isAutomatic ? clock : null;
    }
}
