using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>A request that was answered under an idempotency key, and its answer.</summary>
[EntityTypeConfiguration(typeof(WorkIdempotencyKeyConfiguration))]
public sealed class WorkIdempotencyKey
{
    internal WorkIdempotencyKey()
    {
    }

    /// <summary>The id, given by the database.</summary>
    public long Id { get; internal set; }

    /// <summary>The operation and caller that the key belongs to, at most 80 characters.</summary>
    public string Scope { get; internal set; } = "";

    /// <summary>SHA-256 of the key, lower-case hex.</summary>
    public string KeyHash { get; internal set; } = "";

    /// <summary>SHA-256 of the request, lower-case hex: the same key with another request is refused.</summary>
    public string RequestHash { get; internal set; } = "";

    /// <summary>The answer's body, as JSON text.</summary>
    [JsonColumn]
    public string? ResponseSnapshot { get; internal set; }

    /// <summary>The answer's status.</summary>
    public short? Status { get; internal set; }

    /// <summary>The answer's headers, as JSON text.</summary>
    [JsonColumn]
    public string? Headers { get; internal set; }

    /// <summary>The order that the request was about.</summary>
    public Guid? OrderId { get; internal set; }

    /// <summary>When the request was handled.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When the key may be used anew.</summary>
    public DateTimeOffset ExpiresAt { get; internal set; }
}

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
        builder.Property(k => k.Scope).Text("scope", 80);
        builder.Property<string?>(nameof(WorkIdempotencyKey.KeyHash)).IsRequired().Hash("key_hash");
        builder.Property<string?>(nameof(WorkIdempotencyKey.RequestHash)).IsRequired().Hash("request_hash");
        builder.Property(k => k.ResponseSnapshot).HasColumnName("response_snapshot");
        builder.Property(k => k.Status).HasColumnName("status");
        builder.Property(k => k.Headers).HasColumnName("headers");
        builder.Property(k => k.OrderId).HasColumnName("order_id");
        builder.Property(k => k.CreatedAt).Time("created_at");
        builder.Property(k => k.ExpiresAt).Time("expires_at");

        // The guide's one.
        builder.HasIndex(k => new { k.Scope, k.KeyHash }, "work_idem_scope_hash_unique").IsUnique();
        // Keys whose time is over.
        builder.HasIndex(k => k.ExpiresAt, "work_idem_expires_idx");
    }
}
