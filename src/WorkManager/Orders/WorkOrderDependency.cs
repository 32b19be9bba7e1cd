using Microsoft.EntityFrameworkCore;

namespace WorkManager;

/// <summary>An order that waits for another. Part of the first schema; nothing writes it yet.</summary>
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
}
