using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Maps <see cref="WorkDecision"/> to <c>work_decisions</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkDecisionConfiguration : IEntityTypeConfiguration<WorkDecision>
{
    private const string LiveApproval = "decision = 'approve' AND superseded_at IS NULL";

    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkDecision> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_decisions", table => table.ExcludeFromMigrations());
        builder.HasKey(d => d.Id).HasName("work_decisions_pkey");

        builder.Property(d => d.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(d => d.OrderId).HasColumnName("order_id");
        builder.Property(d => d.ItemId).HasColumnName("item_id");
        builder.Property(d => d.TenantId).Text("tenant_id", EntityMapping.TenantLength).Default("");
        builder.Property(d => d.Decision).Text("decision", 40);
        builder.Property(d => d.ActorType).State("actor_type", EntityMapping.ActorTypeLength);
        builder.Property(d => d.ActorId).Text("actor_id", EntityMapping.TextLength);
        builder.Property(d => d.OnBehalfOf).OptionalText("on_behalf_of", EntityMapping.TextLength);
        builder.Property(d => d.Roles).HasColumnName("roles");
        builder.Property(d => d.Reasons).HasColumnName("reasons");
        builder.Property(d => d.Comment).HasColumnName("comment");
        builder.Property(d => d.ContentHash).Hash("content_hash");
        builder.Property(d => d.OrderRevision).HasColumnName("order_revision");
        builder.Property(d => d.ItemRevision).HasColumnName("item_revision");
        builder.Property(d => d.Changes).HasColumnName("changes");
        builder.Property(d => d.Baseline).HasColumnName("baseline");
        builder.Property(d => d.Policy).OptionalText("policy", EntityMapping.KeyLength);
        builder.Property(d => d.SelfApproval).HasColumnName("self_approval").Default(false);
        builder.Property(d => d.CreatedAt).Time("created_at");
        builder.Property(d => d.ExpiresAt).Time("expires_at");
        builder.Property(d => d.ConsumedAt).Time("consumed_at");
        builder.Property(d => d.SupersededAt).Time("superseded_at");

        builder.HasOne<WorkItem>().WithMany().HasForeignKey(d => d.ItemId)
            .HasConstraintName("work_decisions_item_id_fkey").OnDelete(DeleteBehavior.NoAction);

        // One live approval of each actor for the same content, so that two approvals are of two people.
        builder.HasIndex(d => new { d.OrderId, d.ContentHash, d.ActorType, d.ActorId }, "work_decisions_approval_unique")
            .IsUnique().HasFilter($"{LiveApproval} AND item_id IS NULL AND content_hash IS NOT NULL");
        // NULLs are distinct in a unique index: an approval that names no content is about the whole order, and is unique by this one.
        builder.HasIndex(d => new { d.OrderId, d.ActorType, d.ActorId }, "work_decisions_approval_no_hash_unique")
            .IsUnique().HasFilter($"{LiveApproval} AND item_id IS NULL AND content_hash IS NULL");
        // Approvals that wait to be used, and when they cease to count.
        builder.HasIndex(d => d.ExpiresAt, "work_decisions_unconsumed_idx").HasFilter($"{LiveApproval} AND consumed_at IS NULL");
        // The decisions about an order.
        builder.HasIndex(d => new { d.OrderId, d.CreatedAt }, "work_decisions_order_idx");
        // The decisions about an item.
        builder.HasIndex(d => d.ItemId, "work_decisions_item_idx").HasFilter("item_id IS NOT NULL");
    }
}
