using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Maps <see cref="WorkItem"/> to <c>work_items</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkItemConfiguration : IEntityTypeConfiguration<WorkItem>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkItem> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_items", table =>
        {
            table.ExcludeFromMigrations();
            table.HasStateCheck<ItemState>("work_items_state_check", "state");
            table.HasCheckConstraint("work_items_priority_check", "priority BETWEEN 0 AND 100");
            table.HasCheckConstraint("work_items_ready_check", "ready_at IS NULL OR (state = 'queued' AND blocked_by = 0)");
        });
        // Heartbeats update rows in place, which needs free space in the pages, and a queue must be vacuumed early. Only PostgreSQL has these settings.
        builder.HasAnnotation("Npgsql:StorageParameter:fillfactor", 80);
        builder.HasAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", "0.02");
        builder.HasKey(i => i.Id).HasName("work_items_pkey");

        builder.Property(i => i.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(i => i.OrderId).HasColumnName("order_id");
        builder.Property(i => i.TenantId).Text("tenant_id", EntityMapping.TenantLength).Default("");
        builder.Property(i => i.OrderType).Text("order_type", EntityMapping.KeyLength);
        builder.Property(i => i.TypeVersion).HasColumnName("type_version").Default(1);
        builder.Property(i => i.Type).Text("type", EntityMapping.KeyLength);
        builder.Property(i => i.State).State("state").Default(ItemState.Queued);
        builder.Property(i => i.Priority).HasColumnName("priority").Default((short)0);
        builder.Property(i => i.Attempts).HasColumnName("attempts").Default((short)0);
        builder.Property(i => i.MaxAttempts).HasColumnName("max_attempts").Default((short)3);
        builder.Property(i => i.Releases).HasColumnName("releases").Default((short)0);
        builder.Property(i => i.LeasedByAgentId).OptionalText("leased_by_agent_id", EntityMapping.TextLength);
        builder.Property(i => i.LeaseExpiresAt).Time("lease_expires_at");
        builder.Property(i => i.LastHeartbeatAt).Time("last_heartbeat_at");
        builder.Property(i => i.LeaseEpoch).HasColumnName("lease_epoch").Default(0L);
        builder.Property(i => i.LeaseSeconds).HasColumnName("lease_seconds");
        builder.Property(i => i.PlannedLeaseSeconds).HasColumnName("planned_lease_seconds");
        builder.Property(i => i.LeasedAt).Time("leased_at");
        builder.Property(i => i.AvailableAt).Time("available_at");
        builder.Property(i => i.ReadyAt).Time("ready_at");
        builder.Property(i => i.BlockedBy).HasColumnName("blocked_by").Default(0);
        builder.Property(i => i.Input).HasColumnName("input");
        builder.Property(i => i.Result).HasColumnName("result");
        builder.Property(i => i.AssembledResult).HasColumnName("assembled_result");
        builder.Property(i => i.ResultHash).Hash("result_hash");
        builder.Property(i => i.ResultVersion).HasColumnName("result_version");
        builder.Property(i => i.ReworkCount).HasColumnName("rework_count").Default((short)0);
        builder.Property(i => i.PartsRequired).HasColumnName("parts_required");
        builder.Property(i => i.PartsState).HasColumnName("parts_state");
        builder.Property(i => i.Error).HasColumnName("error");
        builder.Property(i => i.Progress).HasColumnName("progress");
        builder.Property(i => i.SubmittedAt).Time("submitted_at");
        builder.Property(i => i.SubmittedByType).State("submitted_by_type", EntityMapping.ActorTypeLength);
        builder.Property(i => i.SubmittedById).OptionalText("submitted_by_id", EntityMapping.TextLength);
        builder.Property(i => i.SubmittedFor).OptionalText("submitted_for", EntityMapping.TextLength);
        builder.Property(i => i.AcceptedAt).Time("accepted_at");
        builder.Property(i => i.CreatedAt).Time("created_at");
        builder.Property(i => i.UpdatedAt).Time("updated_at");
        builder.Property(i => i.Revision).HasColumnName("revision").Default(0);

        builder.HasMany<WorkItemPart>(i => i.Parts).WithOne(p => p.Item).HasForeignKey(p => p.WorkItemId)
            .HasConstraintName("work_item_parts_work_item_id_fkey").OnDelete(DeleteBehavior.Cascade);
        builder.HasMany<WorkEvent>(i => i.Events).WithOne().HasForeignKey(e => e.ItemId)
            .HasConstraintName("work_events_item_id_fkey").OnDelete(DeleteBehavior.NoAction);
        builder.HasMany<WorkProvenance>(i => i.Provenances).WithOne().HasForeignKey(p => p.ItemId)
            .HasConstraintName("work_provenances_item_id_fkey").OnDelete(DeleteBehavior.NoAction);
        builder.Navigation(i => i.Parts).HasField("<PartList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);
        builder.Navigation(i => i.Events).HasField("<EventList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);
        builder.Navigation(i => i.Provenances).HasField("<ProvenanceList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);

        // The guide's five.
        builder.HasIndex(i => i.Type, "work_items_type_index");
        builder.HasIndex(i => i.State, "work_items_state_index");
        builder.HasIndex(i => i.LeaseExpiresAt, "work_items_lease_expires_at_index");
        builder.HasIndex(i => new { i.OrderId, i.State }, "work_items_order_state_idx");
        builder.HasIndex(i => new { i.State, i.LeaseExpiresAt }, "work_items_lease_expiry_idx");
        // What is available to a tenant, in the order of the claim. What is ready is not blocked, and a claim does not say so: that keeps it from this index,
        // which has its order and not its types.
        builder.HasIndex(i => new { i.TenantId, i.Priority, i.ReadyAt, i.Id }, "work_items_ready_idx")
            .IsDescending(false, true, false, false).HasFilter(WorkItem.ReadyAndFree);
        // The claim, in its order: of one type or of several, which are merged; and of one order. The type comes first, so that a worker for all tenants finds
        // the next tenant with work of a type.
        builder.HasIndex(i => new { i.OrderType, i.TenantId, i.Priority, i.ReadyAt, i.Id }, "work_items_ready_type_idx")
            .IsDescending(false, false, true, false, false).HasFilter(WorkItem.ReadySince);
        builder.HasIndex(i => new { i.OrderId, i.ReadyAt, i.Id }, "work_items_ready_order_idx").HasFilter(WorkItem.ReadySince);
        // The items that an agent holds, and the held items of a type: for limits, and for operators.
        builder.HasIndex(i => i.LeasedByAgentId, "work_items_held_by_agent_idx").HasFilter(WorkItem.HeldStates);
        builder.HasIndex(i => new { i.TenantId, i.OrderType }, "work_items_held_of_type_idx").HasFilter(WorkItem.HeldStates);
        // Items whose time comes. Those that wait for something else are not among them.
        builder.HasIndex(i => i.AvailableAt, "work_items_due_idx").HasFilter(WorkItem.WaitsForItsTime);
    }
}
