using System.Text.Json.Nodes;
using WorkManager.Execution;
using WorkManager.OrderTypes;

namespace WorkManager.Reviewing;

/// <summary>Sends results of a locked order back to the queue, and the order with them: one that waits for review, or was rejected.</summary>
internal sealed class Rework(OrderTypeRegistry types, RetryOptions retry)
{
    public const string Message = "Returned for rework";

    /// <summary>Returns items.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="order">The order.</param>
    /// <param name="returned">The items that were named, and what is done again with them; see <see cref="WithDependentsAsync"/>.</param>
    /// <param name="reasonsOf">The reasons of an item that was named; null for the same for all.</param>
    /// <param name="reasons">The reasons of the order, and of what depends on the items.</param>
    public static async Task ReturnAsync(
        UnitOfWork unit, WorkOrder order, List<WorkItem> returned, IReadOnlyDictionary<Guid, JsonArray>? reasonsOf, JsonArray reasons)
    {
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        if (order.State == OrderState.Submitted)
        {
            await GivenApprovals.VoidAsync(unit, order.Id, returned.Select(i => i.Id).ToHashSet(), withEdits: true, withTakes: true).ConfigureAwait(false);
        }
        else
        {
            await OpenItems.PutBackAsync(unit, order, clock).ConfigureAwait(false);
        }

        foreach (var item in returned)
        {
            unit.Queue.Rework(order, item, clock, reasonsOf?.GetValueOrDefault(item.Id) ?? reasons, Message);
        }

        await ItemDependencies.WaitAgainAsync(unit, returned).ConfigureAwait(false);
        Reopen(unit, order, reasons, clock);
    }

    /// <summary>The items, and what is done again with them.</summary>
    /// <exception cref="WorkLimitException">One of them was returned too often.</exception>
    public async Task<List<WorkItem>> WithDependentsAsync(UnitOfWork unit, WorkOrder order, List<WorkItem> named)
    {
        var done = order.State == OrderState.Submitted ? ItemState.Submitted : ItemState.Rejected;
        var redoes = types.Find(order.Type)?.RedoDependents ?? true;
        var returned = await ItemDependencies.WithDependentsAsync(unit, named, redoes ? done : null).ConfigureAwait(false);
        // What has moved to another order is done there, and so is what depends on it.
        returned.RemoveAll(ChildOrder.HasMoved);
        EnsureMayGoOn(order, returned);
        return returned;
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
