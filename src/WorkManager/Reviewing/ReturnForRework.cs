using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.Persistence;

namespace WorkManager.Reviewing;

/// <summary>Sends results back to the queue: of an order that waits for review, or of one that was rejected.</summary>
internal sealed class ReturnForRework(IdGenerator ids, OrderTypeRegistry types, RetryOptions retry) : IVerb<ReworkRequest, WorkOrder>
{
    private const string Message = "Returned for rework";

    public Operation Operation { get; } = new("rework", JoinRule.Joins);

    public Task<WorkOrder> ExecuteAsync(OperationContext context, ReworkRequest request, CancellationToken cancellationToken)
    {
        var reasons = Reasons.Check(request.Reasons);
        if (request.ItemIds is { Count: 0 })
        {
            throw WorkValidationException.Argument("item_ids", ValidationCodes.MinItems, "Name at least one item, or none at all (null) for all of the order.");
        }

        var decisionId = ids.Next();
        return context.WriteAsync(
            Write.Once<WorkOrder>(async unit =>
            {
                var order = await unit.LockOrderAsync(request.OrderId).ConfigureAwait(false);
                context.JoinTraceOf(order.TraceParent);
                return Ending.Commit(await ReturnAsync(unit, order, decisionId, request.ItemIds, reasons).ConfigureAwait(false));
            },
            (rows, _) => rows.Decisions.AnyAsync(d => d.Id == decisionId, CancellationToken.None)),
            cancellationToken);
    }

    private async Task<WorkOrder> ReturnAsync(UnitOfWork unit, WorkOrder order, Guid decisionId, IReadOnlyCollection<Guid>? itemIds, JsonArray reasons)
    {
        const string decision = "rework";
        ClosingRules.EnsureMayReturn(order, unit.Actor, decision);
        if (order.State is not (OrderState.Submitted or OrderState.Rejected))
        {
            throw Transitions.Illegal(order, OrderState.Queued);
        }

        if (order.State == OrderState.Rejected && itemIds is not null)
        {
            throw WorkValidationException.Argument(
                "item_ids", ValidationCodes.Invalid, "A rejected order goes back as a whole: its items were all refused. Name no items.");
        }

        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        var returned = await FindAsync(unit, order, itemIds).ConfigureAwait(false);
        EnsureMayGoOn(order, returned);
        foreach (var item in returned)
        {
            unit.Queue.Rework(order, item, clock, reasons, Message);
        }

        Reopen(unit, order, reasons, clock);
        foreach (var item in await BlockedAsync(unit, order).ConfigureAwait(false))
        {
            unit.Queue.PutBack(item, clock);
        }

        unit.Decide(decisionId, order, decision).Reasons = reasons.ToJsonString(JsonSerializerOptions.Web);
        await unit.SaveAsync().ConfigureAwait(false);
        return order.Detach(withItems: false);
    }

    /// <summary>The items that go back, by their ids.</summary>
    private static async Task<List<WorkItem>> FindAsync(UnitOfWork unit, WorkOrder order, IReadOnlyCollection<Guid>? itemIds)
    {
        // Of a rejected order, what had failed is tried again, too: else the order would fail at its end.
        ItemState[] states = order.State == OrderState.Submitted ? [ItemState.Submitted] : [ItemState.Rejected, ItemState.Failed];
        var ofOrder = unit.Rows.Items.Where(i => i.OrderId == order.Id);
        if (itemIds is null)
        {
            return await ofOrder.Where(i => states.Contains(i.State)).OrderBy(i => i.Id).ToListAsync().ConfigureAwait(false);
        }

        var named = await ofOrder.Where(i => itemIds.Contains(i.Id)).OrderBy(i => i.Id).ToListAsync().ConfigureAwait(false);
        if (itemIds.Except(named.Select(i => i.Id)).Select(id => (Guid?)id).FirstOrDefault() is { } unknown)
        {
            throw WorkNotFoundException.Item(unknown);
        }

        return named.Find(i => !states.Contains(i.State)) is { } other
            ? throw new IllegalTransitionException("item", other.Id, StateNames.ToName(other.State), StateNames.ToName(ItemState.Queued))
            : named;
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

    /// <summary>The items that were open when the order was rejected.</summary>
    private static Task<List<WorkItem>> BlockedAsync(UnitOfWork unit, WorkOrder order) =>
        unit.Rows.Items.Where(i => i.OrderId == order.Id && i.State == ItemState.Queued && i.BlockedBy > 0).OrderBy(i => i.Id).ToListAsync();
}
