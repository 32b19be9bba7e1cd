using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Where a request came from.</summary>
[EntityTypeConfiguration(typeof(WorkProvenanceConfiguration))]
public sealed class WorkProvenance
{
    internal WorkProvenance()
    {
    }

    /// <summary>The id, given by the database.</summary>
    public long Id { get; internal set; }

    /// <summary>The order.</summary>
    public Guid? OrderId { get; internal set; }

    /// <summary>The item; null for requests about the order itself.</summary>
    public Guid? ItemId { get; internal set; }

    /// <summary>The event that the request led to.</summary>
    public long? EventId { get; internal set; }

    /// <summary>The operation, such as <c>propose</c>.</summary>
    public string Operation { get; internal set; } = "";

    /// <summary>The kind of actor that sent the request.</summary>
    public ActorType? ActorType { get; internal set; }

    /// <summary>The id of the actor that sent the request.</summary>
    public string? ActorId { get; internal set; }

    /// <summary>For whom the actor acted, such as <c>user:7</c>.</summary>
    public string? OnBehalfOf { get; internal set; }

    /// <summary>SHA-256 of the scope and key of the request's idempotency key, lower-case hex.</summary>
    public string? IdempotencyKey { get; internal set; }

    /// <summary>The version that the agent gives of itself.</summary>
    public string? AgentVersion { get; internal set; }

    /// <summary>The name that the agent gives of itself.</summary>
    public string? AgentName { get; internal set; }

    /// <summary>SHA-256 of the traits of the request, lower-case hex.</summary>
    public string? RequestFingerprint { get; internal set; }

    /// <summary>Everything else that is known of the request, as JSON text.</summary>
    [JsonColumn]
    public string? Extra { get; internal set; }

    /// <summary>When the request was handled.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }
}

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
        builder.Property(p => p.EventId).HasColumnName("event_id");
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

        // The guide's one.
        builder.HasIndex(p => p.IdempotencyKey, "work_prov_idempotency_key_unique").IsUnique();
        // The provenance of an order, and of an item.
        builder.HasIndex(p => new { p.OrderId, p.CreatedAt }, "work_prov_order_timeline_idx");
        builder.HasIndex(p => p.ItemId, "work_prov_item_idx").HasFilter("item_id IS NOT NULL");
    }
}
