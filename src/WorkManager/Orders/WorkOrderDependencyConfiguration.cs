using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

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
        builder.Property(d => d.MetAt).Time("met_at");
        builder.HasOne<WorkOrder>().WithMany().HasForeignKey(d => d.Id)
            .HasConstraintName("work_order_dependencies_id_fkey").OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<WorkOrder>().WithMany().HasForeignKey(d => d.DependsOnId)
            .HasConstraintName("work_order_dependencies_depends_on_id_fkey").OnDelete(DeleteBehavior.NoAction);
        // Who waits for an order that was closed.
        builder.HasIndex(d => d.DependsOnId, "work_order_dependencies_depends_on_idx");
        // All that waits, order by order. What does not wait any more is history.
        builder.HasIndex(d => new { d.Id, d.DependsOnId }, "work_order_dependencies_waiting_idx").HasFilter("met_at IS NULL");
    }
}
