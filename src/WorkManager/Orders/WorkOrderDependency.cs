using Microsoft.EntityFrameworkCore;

namespace WorkManager;

/// <summary>An order that waits for another.</summary>
/// <remarks>Hosts query it; only the engine writes it.</remarks>
[EntityTypeConfiguration(typeof(WorkOrderDependencyConfiguration))]
public sealed class WorkOrderDependency
{
    internal WorkOrderDependency()
    {
    }

    /// <summary>The order that waits.</summary>
    public Guid Id { get; internal set; }

    /// <summary>The order that it waits for.</summary>
    public Guid DependsOnId { get; internal set; }

    /// <summary>Since when it does not wait for it any more; null while it waits. Each that is null counts in <see cref="WorkOrder.BlockedBy"/>.</summary>
    public DateTimeOffset? MetAt { get; internal set; }
}
