using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Maps <see cref="WorkDuty"/> to <c>work_duties</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkDutyConfiguration : IEntityTypeConfiguration<WorkDuty>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkDuty> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_duties", table => table.ExcludeFromMigrations());
        builder.HasKey(d => d.Name).HasName("work_duties_pkey");
        builder.Property(d => d.Name).Text("name", EntityMapping.KeyLength);
        builder.Property(d => d.Holder).OptionalText("holder", EntityMapping.TextLength);
        builder.Property(d => d.Epoch).HasColumnName("epoch").Default(0L);
        builder.Property(d => d.ExpiresAt).Time("expires_at");
        builder.Property(d => d.Cursor).OptionalText("cursor", EntityMapping.TextLength);
        builder.Property(d => d.LastRunAt).Time("last_run_at");
        builder.Property(d => d.LastError).HasColumnName("last_error");
    }
}
