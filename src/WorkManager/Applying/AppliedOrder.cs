using WorkManager.OrderTypes;

namespace WorkManager.Applying;

/// <summary>An order whose change is committed.</summary>
internal sealed record AppliedOrder(WorkOrder Order, IReadOnlyList<WorkItem> Items, OrderTypeDescriptor Type, ApplyEnvironment Environment);
