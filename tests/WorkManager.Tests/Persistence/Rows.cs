namespace WorkManager.Tests.Persistence;

/// <summary>Rows as small as the schema allows.</summary>
internal static class Rows
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly string Hash = new('a', 64);

    public static WorkOrder Order() => new() { Id = Guid.CreateVersion7(Now), Type = "probe", PayloadHash = Hash, CreatedAt = Now, UpdatedAt = Now };

    public static WorkItem Item(WorkOrder order) => new()
    {
        Id = Guid.CreateVersion7(Now), OrderId = order.Id, OrderType = order.Type, Type = order.Type, AvailableAt = Now, CreatedAt = Now, UpdatedAt = Now,
    };

    public static WorkItemPart Part(WorkItem item, string key, int? seq = null) => new()
    {
        Id = Guid.CreateVersion7(Now), WorkItemId = item.Id, PartKey = key, Seq = seq, SubmittedByAgentId = "agent", CreatedAt = Now, UpdatedAt = Now,
    };

    public static WorkEvent Event(WorkOrder order, WorkItem? item = null) => new() { OrderId = order.Id, ItemId = item?.Id, Event = "probed", CreatedAt = Now };

    public static WorkProvenance Provenance(WorkOrder order, WorkItem? item = null) =>
        new() { OrderId = order.Id, ItemId = item?.Id, Operation = "propose", CreatedAt = Now };

    public static WorkDecision Decision(WorkOrder order, WorkItem? item = null) => new()
    {
        Id = Guid.CreateVersion7(Now), OrderId = order.Id, ItemId = item?.Id, Decision = "approve", ActorId = "bert", CreatedAt = Now,
    };
}
