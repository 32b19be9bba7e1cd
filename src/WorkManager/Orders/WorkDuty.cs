using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Which process does a maintenance duty. Part of the first schema; nothing writes it yet.</summary>
[EntityTypeConfiguration(typeof(WorkDutyConfiguration))]
public sealed class WorkDuty
{
    internal WorkDuty()
    {
    }

    /// <summary>The name of the duty.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The process that has it; null when nobody does.</summary>
    public string? Holder { get; internal set; }

    /// <summary>The number of the current or last holding; rises by one with every change of holder.</summary>
    public long Epoch { get; internal set; }

    /// <summary>When the holding ends unless it is renewed.</summary>
    public DateTimeOffset? ExpiresAt { get; internal set; }
}

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
    }
}
