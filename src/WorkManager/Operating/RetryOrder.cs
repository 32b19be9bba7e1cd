using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Puts failed items into the queue again, of an order that has failed or that is still worked on.</summary>
internal sealed class RetryOrder() : OrderVerb<RetryRequest>("retry", JoinRule.Joins)
{
    private const string Message = "Tried again";

    public override void Check(RetryRequest request)
    {
        if (request.ItemIds is { Count: 0 })
        {
            throw WorkValidationException.Argument("item_ids", ValidationCodes.MinItems, "Name at least one item, or none at all (null) for all that failed.");
        }
    }

    protected override async Task<bool> DoAsync(UnitOfWork unit, WorkOrder order, RetryRequest request)
    {
        DecisionRules.EnsureMayDecide(order, unit.Actor, "retry");
        if (!order.State.IsLive() && order.State != OrderState.Failed)
        {
            throw Transitions.Illegal(order, OrderState.Queued);
        }

        await OrderDependencies.EnsureNoneIsInVainAsync(unit, order).ConfigureAwait(false);
        var named = await NamedItems.FindAsync(unit, order, request.ItemIds, ItemState.Failed).ConfigureAwait(false);
        if (named.Count == 0 && order.State != OrderState.Failed)
        {
            throw Transitions.Illegal(order, OrderState.Queued);
        }

        var failed = await ItemDependencies.WithDependentsAsync(unit, named, withResult: null).ConfigureAwait(false);

        if (order.ItemFailure == ItemFailure.FailOrderAtOnce && failed.Count < order.ItemsFailed)
        {
            throw WorkValidationException.Argument(
                "item_ids", ValidationCodes.Invalid, "One failed item fails an order of this type: all of them have to be tried again. Name no items.");
        }

        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        if (order.State == OrderState.Failed)
        {
            // What was open when it failed.
            await OpenItems.PutBackAsync(unit, order, clock).ConfigureAwait(false);
        }

        foreach (var item in failed)
        {
            unit.Queue.Retry(order, item, clock, request.KeepsAttempts, Message);
        }

        await ItemDependencies.WaitAgainAsync(unit, failed).ConfigureAwait(false);
        if (order.State == OrderState.Failed)
        {
            order.Error = null;
            unit.Lifecycle.Move(order, OrderState.Queued, new(Message: Message));
        }

        return true;
    }
}
