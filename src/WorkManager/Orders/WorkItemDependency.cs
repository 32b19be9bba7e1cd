using Microsoft.EntityFrameworkCore;

namespace WorkManager;

/// <summary>An item that waits for another item of its order.</summary>
/// <remarks>Hosts query it; only the engine writes it.</remarks>
[EntityTypeConfiguration(typeof(WorkItemDependencyConfiguration))]
public sealed class WorkItemDependency
{
    internal WorkItemDependency()
    {
    }

    /// <summary>The item that waits.</summary>
    public Guid Id { get; internal set; }

    /// <summary>The item that it waits for.</summary>
    public Guid DependsOnId { get; internal set; }

    /// <summary>Since when it does not wait for it any more; null while it waits. Each that is null counts in <see cref="WorkItem.BlockedBy"/>.</summary>
    public DateTimeOffset? MetAt { get; internal set; }
}
