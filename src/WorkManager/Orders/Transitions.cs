namespace WorkManager.Orders;

/// <summary>
/// The state machines, as data. Every move goes by these tables: <c>Lifecycle</c> asks them, and a test (<c>MovesInSql</c>) holds to them the statements
/// that move rows without it. The diagram in the docs is checked against them, too. They allow what the library does, and nothing else.
/// </summary>
internal static class Transitions
{
    public static readonly IReadOnlyDictionary<OrderState, OrderState[]> OfOrders = new Dictionary<OrderState, OrderState[]>
    {
        [OrderState.Queued] = [OrderState.CheckedOut, OrderState.Rejected, OrderState.Failed],
        [OrderState.CheckedOut] = [OrderState.InProgress, OrderState.Queued, OrderState.Failed],
        [OrderState.InProgress] = [OrderState.Submitted, OrderState.Failed, OrderState.Queued],
        [OrderState.Submitted] = [OrderState.Approved, OrderState.Rejected],
        [OrderState.Approved] = [OrderState.Applied, OrderState.Submitted, OrderState.Rejected],
        [OrderState.Applied] = [OrderState.Completed],
        [OrderState.Rejected] = [OrderState.Queued, OrderState.DeadLettered],
        [OrderState.Failed] = [OrderState.Queued, OrderState.DeadLettered],
        [OrderState.Completed] = [],
        [OrderState.DeadLettered] = [],
    };

    public static readonly IReadOnlyDictionary<ItemState, ItemState[]> OfItems = new Dictionary<ItemState, ItemState[]>
    {
        [ItemState.Queued] = [ItemState.Leased, ItemState.Failed],
        [ItemState.Leased] = [ItemState.InProgress, ItemState.Queued, ItemState.Failed],
        [ItemState.InProgress] = [ItemState.Submitted, ItemState.Failed, ItemState.Queued],
        [ItemState.Submitted] = [ItemState.Accepted, ItemState.Rejected],
        [ItemState.Accepted] = [ItemState.Completed],
        [ItemState.Rejected] = [ItemState.Queued],
        [ItemState.Failed] = [ItemState.Queued, ItemState.DeadLettered],
        [ItemState.Completed] = [],
        [ItemState.DeadLettered] = [],
    };

    /// <summary>Whether agents may still work on an order: its three live states are one for every guard.</summary>
    public static bool IsLive(this OrderState state) => state is OrderState.Queued or OrderState.CheckedOut or OrderState.InProgress;

    /// <summary>Whether all results of an order are in, and they are not applied yet.</summary>
    public static bool IsInReview(this OrderState state) => state is OrderState.Submitted or OrderState.Approved;

    /// <summary>Whether an order is closed: what <see cref="WorkOrder.ClosedStates"/> says in SQL.</summary>
    public static bool IsClosed(this OrderState state) => state is OrderState.Completed or OrderState.Rejected or OrderState.DeadLettered;

    /// <summary>Whether an order is closed and was not completed: who waits for it may wait in vain.</summary>
    public static bool IsInVain(this OrderState state) => state is OrderState.Rejected or OrderState.DeadLettered;

    /// <summary>Whether an item still waits for a result: what <see cref="WorkOrder.ItemsOpen"/> counts.</summary>
    public static bool IsOpen(this ItemState state) => state is ItemState.Queued or ItemState.Leased or ItemState.InProgress;

    public static void EnsureAllowed(WorkOrder order, OrderState to)
    {
        if (!OfOrders[order.State].Contains(to))
        {
            throw Illegal(order, to);
        }
    }

    public static void EnsureAllowed(WorkItem item, ItemState to)
    {
        if (!OfItems[item.State].Contains(to))
        {
            throw Illegal(item, to);
        }
    }

    public static IllegalTransitionException Illegal(WorkOrder order, OrderState to) => Illegal(order, StateNames.ToName(to));

    /// <param name="order">The order.</param>
    /// <param name="move">What was to become of it, if that is no state: <c>held</c>.</param>
    public static IllegalTransitionException Illegal(WorkOrder order, string move) => new("order", order.Id, StateNames.ToName(order.State), move);

    public static IllegalTransitionException Illegal(WorkItem item, ItemState to) =>
        new("item", item.Id, StateNames.ToName(item.State), StateNames.ToName(to));
}
