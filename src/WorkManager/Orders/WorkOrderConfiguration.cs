using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Maps <see cref="WorkOrder"/> to <c>work_orders</c>.</summary>
/// <remarks>Public because <see cref="EntityTypeConfigurationAttribute"/> names it in the host's model.</remarks>
public sealed class WorkOrderConfiguration : IEntityTypeConfiguration<WorkOrder>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkOrder> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ToTable("work_orders", table =>
        {
            table.ExcludeFromMigrations();
            table.HasStateCheck<OrderState>("work_orders_state_check", "state");
            table.HasStateCheck<ItemFailure>("work_orders_item_failure_check", "item_failure");
            table.HasStateCheck<DependencyFailure>("work_orders_dependency_failure_check", "dependency_failure");
            table.HasCheckConstraint("work_orders_priority_check", "priority BETWEEN 0 AND 100");
        });
        builder.HasKey(o => o.Id).HasName("work_orders_pkey");

        builder.Property(o => o.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(o => o.TenantId).Text("tenant_id", EntityMapping.TenantLength).Default("");
        builder.Property(o => o.Type).Text("type", EntityMapping.KeyLength);
        builder.Property(o => o.TypeVersion).HasColumnName("type_version").Default(1);
        builder.Property(o => o.State).State("state").Default(OrderState.Queued);
        builder.Property(o => o.Priority).HasColumnName("priority").Default((short)0);
        builder.Property(o => o.RequestedByType).State("requested_by_type", EntityMapping.ActorTypeLength);
        builder.Property(o => o.RequestedById).OptionalText("requested_by_id", EntityMapping.TextLength);
        builder.Property(o => o.RequestedFor).OptionalText("requested_for", EntityMapping.TextLength);
        builder.Property(o => o.Payload).HasColumnName("payload");
        builder.Property(o => o.Meta).HasColumnName("meta");
        builder.Property(o => o.AcceptanceConfig).HasColumnName("acceptance_config");
        builder.Property(o => o.SubmittedAt).Time("submitted_at");
        builder.Property(o => o.AppliedAt).Time("applied_at");
        builder.Property(o => o.CompletedAt).Time("completed_at");
        builder.Property(o => o.LastTransitionedAt).Time("last_transitioned_at");
        builder.Property(o => o.CreatedAt).Time("created_at");
        builder.Property(o => o.UpdatedAt).Time("updated_at");
        builder.Property(o => o.Revision).HasColumnName("revision").Default(0);
        builder.Property(o => o.ItemsTotal).HasColumnName("items_total").Default(0);
        builder.Property(o => o.ItemsOpen).HasColumnName("items_open").Default(0);
        builder.Property(o => o.ItemsFailed).HasColumnName("items_failed").Default(0);
        builder.Property(o => o.ItemFailure).State("item_failure").Default(ItemFailure.FailOrder);
        builder.Property(o => o.DependencyFailure).State("dependency_failure").Default(DependencyFailure.Fail);
        builder.Property(o => o.BlockedBy).HasColumnName("blocked_by").Default(0);
        builder.Property(o => o.HeldAt).Time("held_at");
        builder.Property(o => o.ApplyAttempts).HasColumnName("apply_attempts").Default(0);
        builder.Property(o => o.NextApplyAt).Time("next_apply_at");
        builder.Property(o => o.Error).HasColumnName("error");
        builder.Property<string?>(nameof(WorkOrder.PayloadHash)).IsRequired().Hash("payload_hash");
        builder.Property(o => o.UniqueKey).OptionalText("unique_key", 200);
        builder.Property(o => o.ParentOrderId).HasColumnName("parent_order_id");
        builder.Property(o => o.DueAt).Time("due_at");
        builder.Property(o => o.TraceParent).OptionalText("trace_parent", EntityMapping.TraceParentLength);

        builder.Ignore(o => o.Provenance);
        builder.HasMany<WorkItem>(o => o.Items).WithOne(i => i.Order).HasForeignKey(i => i.OrderId)
            .HasConstraintName("work_items_order_id_fkey").OnDelete(DeleteBehavior.Cascade);
        builder.HasMany<WorkEvent>(o => o.Events).WithOne().HasForeignKey(e => e.OrderId)
            .HasConstraintName("work_events_order_id_fkey").OnDelete(DeleteBehavior.NoAction);
        builder.HasMany<WorkProvenance>(o => o.Provenances).WithOne().HasForeignKey(p => p.OrderId)
            .HasConstraintName("work_provenances_order_id_fkey").OnDelete(DeleteBehavior.NoAction);
        builder.HasMany<WorkDecision>(o => o.Decisions).WithOne().HasForeignKey(d => d.OrderId)
            .HasConstraintName("work_decisions_order_id_fkey").OnDelete(DeleteBehavior.NoAction);
        builder.Navigation(o => o.Items).HasField("<ItemList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);
        builder.Navigation(o => o.Events).HasField("<EventList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);
        builder.Navigation(o => o.Decisions).HasField("<DecisionList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);
        builder.Navigation(o => o.Provenances).HasField("<ProvenanceList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);

        // The guide's four.
        builder.HasIndex(o => o.Type, "work_orders_type_index");
        builder.HasIndex(o => o.State, "work_orders_state_index");
        builder.HasIndex(o => new { o.State, o.Type }, "work_orders_state_type_idx");
        builder.HasIndex(o => new { o.Priority, o.CreatedAt }, "work_orders_priority_created_idx");
        // Orders of a requester.
        builder.HasIndex(o => new { o.RequestedByType, o.RequestedById }, "work_orders_requester_idx");
        // One open order for each key. A failed order is open: a retry brings it back, and then there must not be another.
        builder.HasIndex(o => new { o.TenantId, o.Type, o.UniqueKey }, "work_orders_unique_key_unique")
            .IsUnique().HasFilter($"unique_key IS NOT NULL AND {WorkOrder.OpenStates}");
        // The review queue: what waits for review, the most urgent first.
        builder.HasIndex(o => new { o.TenantId, o.DueAt, o.Priority, o.SubmittedAt }, "work_orders_review_idx")
            .IsDescending(false, false, true, false).HasFilter("state = 'submitted'");
        // Retention: orders that were closed before a day.
        builder.HasIndex(o => new { o.LastTransitionedAt, o.Id }, "work_orders_closed_idx").HasFilter(WorkOrder.ClosedStates);
        // Orders that the engine applies by itself, and when.
        builder.HasIndex(o => o.NextApplyAt, "work_orders_next_apply_idx").HasFilter("next_apply_at IS NOT NULL AND state IN ('submitted', 'approved')");
        // What came of an order.
        builder.HasIndex(o => o.ParentOrderId, "work_orders_parent_idx").HasFilter("parent_order_id IS NOT NULL");
    }
}
