using System.Text.Json;
using System.Text.Json.Nodes;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes.Json;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Gives up an order that has failed or was rejected, for good. What went wrong with its items stays readable on the order.</summary>
internal sealed class DeadLetterOrder() : OrderVerb<DeadLetterRequest>("dead_letter", JoinRule.Joins)
{
    private const string Message = "Given up";

    // The order keeps as many failures as a reader can take in. Those of the other items are on the items.
    private const int MostErrors = 100;

    public override void Check(DeadLetterRequest request) => StorableText.EnsureReason(request.Reason);

    protected override async Task<bool> DoAsync(UnitOfWork unit, WorkOrder order, DeadLetterRequest request)
    {
        DecisionRules.EnsureMayDecide(order, unit.Actor, "give up");
        Transitions.EnsureAllowed(order, OrderState.DeadLettered);
        var failed = await NamedItems.FindAsync(unit, order, null, ItemState.Failed).ConfigureAwait(false);
        var errors = new JsonArray([.. failed.Take(MostErrors).Select(Describe)]);
        if (failed.Count == 0 && order.ReadError() is { } error)
        {
            // It failed with another order, and none of its items did.
            errors.Add(new JsonObject { ["item_id"] = null, ["code"] = error.Code, ["message"] = error.Message });
        }

        foreach (var item in failed)
        {
            unit.Lifecycle.Move(order, item, ItemState.DeadLettered, new(Message: Message));
        }

        order.Error = new JsonObject { ["code"] = "dead_lettered", ["message"] = request.Reason ?? Message, ["details"] = errors.DeepClone() }
            .ToJsonString(JsonSerializerOptions.Web);
        unit.Lifecycle.Move(order, OrderState.DeadLettered, new(new JsonObject { ["reason"] = request.Reason, ["errors"] = errors }, Message));
        return true;
    }

    private static JsonObject Describe(WorkItem item)
    {
        var error = item.ReadError();
        return new() { ["item_id"] = item.Id, ["code"] = error?.Code, ["message"] = error?.Message };
    }
}
