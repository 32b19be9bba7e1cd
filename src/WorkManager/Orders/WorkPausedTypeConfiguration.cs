using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Maps <see cref="WorkPausedType"/> to <c>work_paused_types</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkPausedTypeConfiguration : IEntityTypeConfiguration<WorkPausedType>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkPausedType> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_paused_types", table => table.ExcludeFromMigrations());
        builder.HasKey(p => p.OrderType).HasName("work_paused_types_pkey");
        builder.Property(p => p.OrderType).Text("order_type", EntityMapping.KeyLength);
        builder.Property(p => p.Reason).HasColumnName("reason");
        builder.Property(p => p.PausedByType).State("paused_by_type", EntityMapping.ActorTypeLength);
        builder.Property(p => p.PausedById).Text("paused_by_id", EntityMapping.TextLength);
        builder.Property(p => p.PausedAt).Time("paused_at");
    }
}
