using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>One row of the audit trail. Rows are only ever added.</summary>
[EntityTypeConfiguration(typeof(WorkEventConfiguration))]
public sealed class WorkEvent
{
    internal WorkEvent()
    {
    }

    /// <summary>The id, given by the database. It is no cursor: a higher id may commit before a lower one.</summary>
    public long Id { get; internal set; }

    /// <summary>The order.</summary>
    public Guid OrderId { get; internal set; }

    /// <summary>The item; null for events of the order itself.</summary>
    public Guid? ItemId { get; internal set; }

    /// <summary>The tenant; empty without tenancy.</summary>
    public string TenantId { get; internal set; } = "";

    /// <summary>What happened: one of <see cref="WorkEventNames"/>.</summary>
    public string Event { get; internal set; } = "";

    /// <summary>The kind of actor that did it.</summary>
    public ActorType? ActorType { get; internal set; }

    /// <summary>The id of the actor that did it.</summary>
    public string? ActorId { get; internal set; }

    /// <summary>For whom the actor acted, such as <c>user:7</c>.</summary>
    public string? OnBehalfOf { get; internal set; }

    /// <summary>Details, as JSON text.</summary>
    [JsonColumn]
    public string? Payload { get; internal set; }

    /// <summary>What changed in the host's data, as JSON text; see <see cref="WorkDiff"/>.</summary>
    [JsonColumn]
    public string? Diff { get; internal set; }

    /// <summary>A sentence for people.</summary>
    public string? Message { get; internal set; }

    /// <summary>The grant of the item at that time.</summary>
    public long? LeaseEpoch { get; internal set; }

    /// <summary>SHA-256 of payload, diff and message, lower-case hex: the text can be erased and the row still be verified.</summary>
    public string? ContentHash { get; internal set; }

    /// <summary>The W3C trace context of the operation.</summary>
    public string? TraceParent { get; internal set; }

    /// <summary>Reserved: the number within the order, for events written under the order's lock.</summary>
    public long? Seq { get; internal set; }

    /// <summary>Reserved: the hash chain of the order.</summary>
    public string? ChainHash { get; internal set; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }
}

/// <summary>Maps <see cref="WorkEvent"/> to <c>work_events</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkEventConfiguration : IEntityTypeConfiguration<WorkEvent>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkEvent> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_events", table => table.ExcludeFromMigrations());
        builder.HasKey(e => e.Id).HasName("work_events_pkey");

        builder.Property(e => e.Id).HasColumnName("id").ValueGeneratedOnAdd();
        builder.Property(e => e.OrderId).HasColumnName("order_id");
        builder.Property(e => e.ItemId).HasColumnName("item_id");
        builder.Property(e => e.TenantId).Text("tenant_id", EntityMapping.TenantLength).Default("");
        builder.Property(e => e.Event).Text("event", 100);
        builder.Property(e => e.ActorType).State("actor_type", EntityMapping.ActorTypeLength);
        builder.Property(e => e.ActorId).OptionalText("actor_id", EntityMapping.TextLength);
        builder.Property(e => e.OnBehalfOf).OptionalText("on_behalf_of", EntityMapping.TextLength);
        builder.Property(e => e.Payload).HasColumnName("payload");
        builder.Property(e => e.Diff).HasColumnName("diff");
        builder.Property(e => e.Message).HasColumnName("message");
        builder.Property(e => e.LeaseEpoch).HasColumnName("lease_epoch");
        builder.Property(e => e.ContentHash).Hash("content_hash");
        builder.Property(e => e.TraceParent).OptionalText("trace_parent", EntityMapping.TraceParentLength);
        builder.Property(e => e.Seq).HasColumnName("seq");
        builder.Property(e => e.ChainHash).Hash("chain_hash");
        builder.Property(e => e.CreatedAt).Time("created_at");

        // The guide's three.
        builder.HasIndex(e => new { e.OrderId, e.Event }, "work_events_order_event_idx");
        builder.HasIndex(e => new { e.ItemId, e.Event }, "work_events_item_event_idx");
        builder.HasIndex(e => new { e.Event, e.CreatedAt }, "work_events_event_time_idx");
    }
}
