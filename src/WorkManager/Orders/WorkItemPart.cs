using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>One partial submission of an item.</summary>
[EntityTypeConfiguration(typeof(WorkItemPartConfiguration))]
public sealed class WorkItemPart
{
    internal WorkItemPart()
    {
    }

    /// <summary>The id, a UUIDv7: ids ascend with time.</summary>
    public Guid Id { get; internal set; }

    /// <summary>The item.</summary>
    public Guid WorkItemId { get; internal set; }

    /// <summary>Which part of the result this is, at most 120 characters.</summary>
    public string PartKey { get; internal set; } = "";

    /// <summary>The number of a chunk within its key; null where a key has one part.</summary>
    public int? Seq { get; internal set; }

    /// <summary>Whether the part counts.</summary>
    public PartStatus Status { get; internal set; }

    /// <summary>The part, as JSON text.</summary>
    [JsonColumn]
    public string Payload { get; internal set; } = "{}";

    /// <summary>What the agent gives as proof, as JSON text.</summary>
    [JsonColumn]
    public string? Evidence { get; internal set; }

    /// <summary>Why the last submission of this part was refused, as JSON text.</summary>
    [JsonColumn]
    public string? Errors { get; internal set; }

    /// <summary>The agent's remarks.</summary>
    public string? Notes { get; internal set; }

    /// <summary>SHA-256 of the payload's canonical JSON, lower-case hex.</summary>
    public string? Checksum { get; internal set; }

    /// <summary>Who submitted the part.</summary>
    public string SubmittedByAgentId { get; internal set; } = "";

    /// <summary>SHA-256 of the idempotency key, lower-case hex.</summary>
    public string? IdempotencyKeyHash { get; internal set; }

    /// <summary>The grant under which the part was submitted.</summary>
    public long LeaseEpoch { get; internal set; }

    /// <summary>The last refused submission, kept beside the validated one, as JSON text.</summary>
    [JsonColumn]
    public string? RejectedPayload { get; internal set; }

    /// <summary>When a submission of this part was last refused.</summary>
    public DateTimeOffset? RejectedAt { get; internal set; }

    /// <summary>When the part was first submitted.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When the part was last written.</summary>
    public DateTimeOffset UpdatedAt { get; internal set; }

    /// <summary>The item, if it was loaded.</summary>
    public WorkItem? Item { get; internal set; }
}

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
