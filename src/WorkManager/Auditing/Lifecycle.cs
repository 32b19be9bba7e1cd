using System.Text.Json.Nodes;
using WorkManager.Orders;

namespace WorkManager.Auditing;

/// <summary>Moves orders and items that were read, by the transition tables. Every move writes its event and its time stamps.</summary>
internal sealed class Lifecycle(AuditTrail audit, DateTimeOffset now)
{
    /// <summary>The message of the event that ends the work on an order.</summary>
    public const string AllSubmitted = "All items submitted";

    /// <inheritdoc cref="AllSubmitted"/>
    public const string SubmittedWithoutSome = "Submitted without the items that failed";

    /// <inheritdoc cref="AllSubmitted"/>
    public const string SomeFailed = "Items failed for good";

    /// <summary>The message of the event that puts an order back to the start.</summary>
    public const string NobodyWorks = "Nobody works on the order";

    private static readonly OrderState[] LivePath = [OrderState.Queued, OrderState.CheckedOut, OrderState.InProgress, OrderState.Submitted];

    /// <summary>Moves an order.</summary>
    /// <exception cref="IllegalTransitionException">The table has no such transition.</exception>
    public void Move(WorkOrder order, OrderState to, EventDetails? details = null)
    {
        Transitions.EnsureAllowed(order, to);
        order.State = to;
        order.LastTransitionedAt = now;
        order.UpdatedAt = now;
        switch (to)
        {
            case OrderState.Submitted:
                // What is approved and goes back to its reviewers was submitted before.
                order.SubmittedAt ??= now;
                break;
            case OrderState.Applied:
                order.AppliedAt = now;
                order.Error = null;
                order.NextApplyAt = null;
                break;
            case OrderState.Completed:
                order.CompletedAt = now;
                break;
            case OrderState.Rejected:
                order.NextApplyAt = null;
                break;
        }

        audit.Record(EventOf(to), order, details);
    }

    /// <summary>Moves an item of an order that is locked, and keeps the order's counters.</summary>
    /// <exception cref="IllegalTransitionException">The table has no such transition.</exception>
    public void Move(WorkOrder order, WorkItem item, ItemState to, EventDetails? details = null, string? eventName = null)
    {
        var wasOpen = item.State.IsOpen();
        var wasFailed = item.State == ItemState.Failed;
        Move(item, to, details, eventName);
        order.ItemsOpen += (item.State.IsOpen() ? 1 : 0) - (wasOpen ? 1 : 0);
        order.ItemsFailed += (item.State == ItemState.Failed ? 1 : 0) - (wasFailed ? 1 : 0);
        order.UpdatedAt = now;
    }

    /// <summary>Moves an item between states that its order's counters do not tell apart.</summary>
    /// <exception cref="IllegalTransitionException">The table has no such transition.</exception>
    public void Move(WorkItem item, ItemState to, EventDetails? details = null, string? eventName = null)
    {
        Transitions.EnsureAllowed(item, to);
        item.State = to;
        item.UpdatedAt = now;
        item.Revision++;
        if (to == ItemState.Accepted)
        {
            item.AcceptedAt = now;
        }

        audit.Record(eventName ?? EventOf(to), item, details);
    }

    /// <summary>Moves a live order forward to a state, through all states on the way: queued, checked out, in progress, submitted.</summary>
    public void Advance(WorkOrder order, OrderState to, EventDetails? details = null)
    {
        var target = Array.IndexOf(LivePath, to);
        for (var step = Array.IndexOf(LivePath, order.State); step >= 0 && step < target; step++)
        {
            Move(order, LivePath[step + 1], LivePath[step + 1] == to ? details : null);
        }
    }

    /// <summary>
    /// Rolls the items of a live order up: it is submitted once all have a result, and failed if one has failed, when and if its order type says so.
    /// </summary>
    /// <param name="order">The order, locked.</param>
    /// <param name="hasResult">Whether an item of it has a result. The counters do not tell: those that did not fail may have been rejected.</param>
    /// <returns>Whether the order is submitted now.</returns>
    public bool Settle(WorkOrder order, bool hasResult = true)
    {
        if (!order.State.IsLive() || (order.ItemsOpen > 0 && !FailsAtOnce(order)))
        {
            return false;
        }

        var isWithoutSome = order.ItemsFailed > 0;
        var failedItems = isWithoutSome ? new JsonObject { ["failed_items"] = order.ItemsFailed } : null;
        if (isWithoutSome && (order.ItemFailure != ItemFailure.GoOn || order.ItemsFailed == order.ItemsTotal || !hasResult))
        {
            Move(order, OrderState.Failed, new EventDetails(failedItems, SomeFailed, Actor: Engine));
            return false;
        }

        Advance(order, OrderState.Submitted, new EventDetails(failedItems, isWithoutSome ? SubmittedWithoutSome : AllSubmitted, Actor: Engine));
        return true;
    }

    /// <summary>Whether a live order fails although some of its items are open. They have to be taken out of the queue.</summary>
    public static bool FailsAtOnce(WorkOrder order) =>
        order is { ItemFailure: ItemFailure.FailOrderAtOnce, ItemsFailed: > 0, ItemsOpen: > 0 } && order.State.IsLive();

    /// <summary>The actor of events that the engine causes by itself.</summary>
    public static Actor Engine { get; } = Actor.System("workmanager");

    // A move back to the queue has an event name of its own, because "queued" would look like a second proposal.
    private static string EventOf(OrderState state) => state == OrderState.Queued ? WorkEventNames.Requeued : StateNames.ToName(state);

    private static string EventOf(ItemState state) => state == ItemState.Queued ? WorkEventNames.Requeued : StateNames.ToName(state);
}
