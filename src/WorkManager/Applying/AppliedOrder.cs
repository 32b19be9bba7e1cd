using WorkManager.OrderTypes;

namespace WorkManager.Applying;

/// <summary>An order whose change is committed.</summary>
/// <param name="Order">The order.</param>
/// <param name="Items">Its items that have a result.</param>
/// <param name="FailedItems">Its items that have failed for good.</param>
/// <param name="Type">Its order type.</param>
/// <param name="Environment">What the apply got from the engine, and returned to it.</param>
internal sealed record AppliedOrder(
    WorkOrder Order, IReadOnlyList<WorkItem> Items, IReadOnlyList<WorkItem> FailedItems, OrderTypeDescriptor Type, ApplyEnvironment Environment);
