namespace WorkManager;

/// <summary>What came of decisions about items.</summary>
/// <param name="Order">The order, without its items: submitted still, queued if it waits for items that were returned, rejected if none is left.</param>
/// <param name="ChildOrder">The new order of the items that were returned; null if there is none. See <see cref="ReturnedItems.ChildOrder"/>.</param>
public sealed record DecidedItems(WorkOrder Order, WorkOrder? ChildOrder);
