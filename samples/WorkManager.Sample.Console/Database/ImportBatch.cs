using WorkManager;

namespace Countries.Database;

/// <summary>The host's side of a work order: what it was asked for. It has a foreign key to <c>work_orders</c> and a navigation to the order.</summary>
internal sealed class ImportBatch
{
    public required Guid Id { get; init; }

    /// <summary>The run of this program that asked for it: on PostgreSQL the batches of earlier runs stay.</summary>
    public required Guid RunId { get; init; }

    public required Guid WorkOrderId { get; init; }

    public WorkOrder? WorkOrder { get; init; }

    public required string Title { get; init; }

    public required int Countries { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }
}
