using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Maps <see cref="WorkProvenance"/> to <c>work_provenances</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkProvenanceConfiguration : IEntityTypeConfiguration<WorkProvenance>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkProvenance> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_provenances", table => table.ExcludeFromMigrations());
        builder.HasKey(p => p.Id).HasName("work_provenances_pkey");

        builder.Property(p => p.Id).HasColumnName("id").ValueGeneratedOnAdd();
        builder.Property(p => p.OrderId).HasColumnName("order_id");
        builder.Property(p => p.ItemId).HasColumnName("item_id");
        builder.Property(p => p.TenantId).Text("tenant_id", EntityMapping.TenantLength).Default("");
        builder.Property(p => p.OperationId).HasColumnName("operation_id");
        builder.Property(p => p.Operation).Text("operation", 40);
        builder.Property(p => p.ActorType).State("actor_type", EntityMapping.ActorTypeLength);
        builder.Property(p => p.ActorId).OptionalText("actor_id", EntityMapping.TextLength);
        builder.Property(p => p.OnBehalfOf).OptionalText("on_behalf_of", EntityMapping.TextLength);
        builder.Property(p => p.IdempotencyKey).Hash("idempotency_key");
        builder.Property(p => p.AgentVersion).OptionalText("agent_version", EntityMapping.TextLength);
        builder.Property(p => p.AgentName).OptionalText("agent_name", EntityMapping.TextLength);
        builder.Property(p => p.RequestFingerprint).OptionalText("request_fingerprint", EntityMapping.HashLength);
        builder.Property(p => p.Extra).HasColumnName("extra");
        builder.Property(p => p.CreatedAt).Time("created_at");

        // From the first schema.
        builder.HasIndex(p => p.IdempotencyKey, "work_prov_idempotency_key_unique").IsUnique();
        // The provenance of an order, and of an item.
        builder.HasIndex(p => new { p.OrderId, p.CreatedAt }, "work_prov_order_timeline_idx");
        builder.HasIndex(p => p.ItemId, "work_prov_item_idx").HasFilter("item_id IS NOT NULL");
    }
}
