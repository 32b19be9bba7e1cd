using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

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

/// <summary>Maps <see cref="WorkItemDependency"/> to <c>work_item_dependencies</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkItemDependencyConfiguration : IEntityTypeConfiguration<WorkItemDependency>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkItemDependency> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_item_dependencies", table => table.ExcludeFromMigrations());
        builder.HasKey(d => new { d.Id, d.DependsOnId }).HasName("work_item_dependencies_pkey");
        builder.Property(d => d.Id).HasColumnName("id");
        builder.Property(d => d.DependsOnId).HasColumnName("depends_on_id");
        builder.HasOne<WorkItem>().WithMany().HasForeignKey(d => d.Id)
            .HasConstraintName("work_item_dependencies_id_fkey").OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<WorkItem>().WithMany().HasForeignKey(d => d.DependsOnId)
            .HasConstraintName("work_item_dependencies_depends_on_id_fkey").OnDelete(DeleteBehavior.Cascade);
        // Who waits for an item that is done.
        builder.HasIndex(d => d.DependsOnId, "work_item_dependencies_depends_on_idx");
    }
}

/// <summary>Maps <see cref="WorkOrderDependency"/> to <c>work_order_dependencies</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkOrderDependencyConfiguration : IEntityTypeConfiguration<WorkOrderDependency>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkOrderDependency> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_order_dependencies", table => table.ExcludeFromMigrations());
        builder.HasKey(d => new { d.Id, d.DependsOnId }).HasName("work_order_dependencies_pkey");
        builder.Property(d => d.Id).HasColumnName("id");
        builder.Property(d => d.DependsOnId).HasColumnName("depends_on_id");
        builder.HasOne<WorkOrder>().WithMany().HasForeignKey(d => d.Id)
            .HasConstraintName("work_order_dependencies_id_fkey").OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<WorkOrder>().WithMany().HasForeignKey(d => d.DependsOnId)
            .HasConstraintName("work_order_dependencies_depends_on_id_fkey").OnDelete(DeleteBehavior.Cascade);
        // Who waits for an order that is done.
        builder.HasIndex(d => d.DependsOnId, "work_order_dependencies_depends_on_idx");
    }
}
