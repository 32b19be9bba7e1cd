using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace WorkManager.Orders;

/// <summary>An item that waits for another. Part of the first schema; nothing writes it yet.</summary>
[EntityTypeConfiguration(typeof(WorkItemDependencyConfiguration))]
internal sealed class WorkItemDependency
{
    public Guid Id { get; set; }

    public Guid DependsOnId { get; set; }
}

/// <summary>An order that waits for another. Part of the first schema; nothing writes it yet.</summary>
[EntityTypeConfiguration(typeof(WorkOrderDependencyConfiguration))]
internal sealed class WorkOrderDependency
{
    public Guid Id { get; set; }

    public Guid DependsOnId { get; set; }
}

internal sealed class WorkItemDependencyConfiguration : IEntityTypeConfiguration<WorkItemDependency>
{
    public void Configure(EntityTypeBuilder<WorkItemDependency> builder)
    {
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

internal sealed class WorkOrderDependencyConfiguration : IEntityTypeConfiguration<WorkOrderDependency>
{
    public void Configure(EntityTypeBuilder<WorkOrderDependency> builder)
    {
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
