using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Maps <see cref="WorkItemPart"/> to <c>work_item_parts</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkItemPartConfiguration : IEntityTypeConfiguration<WorkItemPart>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkItemPart> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_item_parts", table =>
        {
            table.ExcludeFromMigrations();
            table.HasStateCheck<PartStatus>("work_item_parts_status_check", "status");
        });
        builder.HasKey(p => p.Id).HasName("work_item_parts_pkey");

        builder.Property(p => p.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(p => p.WorkItemId).HasColumnName("work_item_id");
        builder.Property(p => p.PartKey).Text("part_key", EntityMapping.KeyLength);
        builder.Property(p => p.Seq).HasColumnName("seq");
        builder.Property(p => p.Status).State("status").Default(PartStatus.Draft);
        builder.Property(p => p.Payload).HasColumnName("payload");
        builder.Property(p => p.Evidence).HasColumnName("evidence");
        builder.Property(p => p.Errors).HasColumnName("errors");
        builder.Property(p => p.Notes).HasColumnName("notes");
        builder.Property(p => p.Checksum).OptionalText("checksum", EntityMapping.TextLength);
        builder.Property(p => p.SubmittedByAgentId).Text("submitted_by_agent_id", EntityMapping.TextLength);
        builder.Property(p => p.SubmittedByType).State("submitted_by_type", EntityMapping.ActorTypeLength);
        builder.Property(p => p.SubmittedById).OptionalText("submitted_by_id", EntityMapping.TextLength);
        builder.Property(p => p.SubmittedFor).OptionalText("submitted_for", EntityMapping.TextLength);
        builder.Property(p => p.TypeVersion).HasColumnName("type_version");
        builder.Property(p => p.IdempotencyKeyHash).Hash("idempotency_key_hash");
        builder.Property(p => p.LeaseEpoch).HasColumnName("lease_epoch").Default(0L);
        builder.Property(p => p.RejectedPayload).HasColumnName("rejected_payload");
        builder.Property(p => p.RejectedAt).Time("rejected_at");
        builder.Property(p => p.CreatedAt).Time("created_at");
        builder.Property(p => p.UpdatedAt).Time("updated_at");

        // The guide's three.
        builder.HasIndex(p => new { p.WorkItemId, p.PartKey, p.Seq }, "work_parts_item_key_seq_unique").IsUnique();
        builder.HasIndex(p => new { p.WorkItemId, p.Status }, "work_parts_item_status_idx");
        builder.HasIndex(p => new { p.WorkItemId, p.PartKey }, "work_parts_item_key_idx");
        // NULLs are distinct in a unique index: a part without a number is unique by this one.
        builder.HasIndex(p => new { p.WorkItemId, p.PartKey }, "work_parts_item_key_no_seq_unique").IsUnique().HasFilter("seq IS NULL");
    }
}
