using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager.Maintaining;

/// <summary>Which process does a maintenance duty. Part of the first schema; nothing writes it yet.</summary>
[EntityTypeConfiguration(typeof(WorkDutyConfiguration))]
internal sealed class WorkDuty
{
    public string Name { get; set; } = "";

    public string? Holder { get; set; }

    public long Epoch { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }
}

internal sealed class WorkDutyConfiguration : IEntityTypeConfiguration<WorkDuty>
{
    public void Configure(EntityTypeBuilder<WorkDuty> builder)
    {
        builder.ToTable("work_duties", table => table.ExcludeFromMigrations());
        builder.HasKey(d => d.Name).HasName("work_duties_pkey");
        builder.Property(d => d.Name).Text("name", EntityMapping.KeyLength);
        builder.Property(d => d.Holder).OptionalText("holder", EntityMapping.TextLength);
        builder.Property(d => d.Epoch).HasColumnName("epoch");
        builder.Property(d => d.ExpiresAt).Time("expires_at");
    }
}
