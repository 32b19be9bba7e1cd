using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

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
        builder.Property(e => e.OperationId).HasColumnName("operation_id");
        builder.Property(e => e.Event).Text("event", 100);
        builder.Property(e => e.ActorType).State("actor_type", EntityMapping.ActorTypeLength);
        builder.Property(e => e.ActorId).OptionalText("actor_id", EntityMapping.TextLength);
        builder.Property(e => e.ActorModel).OptionalText("actor_model", EntityMapping.TextLength);
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
        // The numbered events of an order: a number is given once.
        builder.HasIndex(e => new { e.OrderId, e.Seq }, "work_events_order_seq_unique").IsUnique().HasFilter("seq IS NOT NULL");
    }
}
