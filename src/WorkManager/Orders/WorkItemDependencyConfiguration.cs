using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

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
        builder.Property(d => d.MetAt).Time("met_at");
        builder.HasOne<WorkItem>().WithMany().HasForeignKey(d => d.Id)
            .HasConstraintName("work_item_dependencies_id_fkey").OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<WorkItem>().WithMany().HasForeignKey(d => d.DependsOnId)
            .HasConstraintName("work_item_dependencies_depends_on_id_fkey").OnDelete(DeleteBehavior.Cascade);
        // Who waits for an item that is done.
        builder.HasIndex(d => d.DependsOnId, "work_item_dependencies_depends_on_idx");
    }
}
