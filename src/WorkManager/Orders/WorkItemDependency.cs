using Microsoft.EntityFrameworkCore;

namespace WorkManager;

/// <summary>An item that waits for another. Part of the first schema; nothing writes it yet.</summary>
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
}
