using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Maps <see cref="WorkIdempotencyKey"/> to <c>work_idempotency_keys</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkIdempotencyKeyConfiguration : IEntityTypeConfiguration<WorkIdempotencyKey>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkIdempotencyKey> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_idempotency_keys", table => table.ExcludeFromMigrations());
        builder.HasKey(k => k.Id).HasName("work_idempotency_keys_pkey");

        builder.Property(k => k.Id).HasColumnName("id").ValueGeneratedOnAdd();
        builder.Property(k => k.TenantId).Text("tenant_id", EntityMapping.TenantLength).Default("");
        builder.Property(k => k.Scope).Text("scope", 80);
        builder.Property<string?>(nameof(WorkIdempotencyKey.KeyHash)).IsRequired().Hash("key_hash");
        builder.Property<string?>(nameof(WorkIdempotencyKey.RequestHash)).IsRequired().Hash("request_hash");
        builder.Property(k => k.Operation).Text("operation", 40);
        builder.Property(k => k.ResponseSnapshot).HasColumnName("response_snapshot");
        builder.Property(k => k.SnapshotVersion).HasColumnName("snapshot_version");
        builder.Property(k => k.ErrorCode).OptionalText("error_code", 80);
        builder.Property(k => k.Status).HasColumnName("status");
        builder.Property(k => k.Headers).HasColumnName("headers");
        builder.Property(k => k.OrderId).HasColumnName("order_id");
        builder.Property(k => k.ItemId).HasColumnName("item_id");
        builder.Property(k => k.CreatedAt).Time("created_at");
        builder.Property(k => k.ExpiresAt).Time("expires_at");

        // From the first schema.
        builder.HasIndex(k => new { k.Scope, k.KeyHash }, "work_idem_scope_hash_unique").IsUnique();
        // Keys that have expired.
        builder.HasIndex(k => k.ExpiresAt, "work_idem_expires_idx");
    }
}
