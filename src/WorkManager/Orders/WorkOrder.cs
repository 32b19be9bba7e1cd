using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>A typed order for work: what is asked for, where it stands, and its items.</summary>
/// <remarks>Hosts query and include it; only the engine writes it.</remarks>
[EntityTypeConfiguration(typeof(WorkOrderConfiguration))]
public sealed class WorkOrder
{
    internal WorkOrder()
    {
    }

    /// <summary>The id, a UUIDv7: ids ascend with time.</summary>
    public Guid Id { get; internal set; }

    /// <summary>The tenant; empty without tenancy.</summary>
    public string TenantId { get; internal set; } = "";

    /// <summary>The key of the order type, at most 120 characters.</summary>
    public string Type { get; internal set; } = "";

    /// <summary>The version of the order type that the payload was written for.</summary>
    public int TypeVersion { get; internal set; } = 1;

    /// <summary>The current state.</summary>
    public OrderState State { get; internal set; }

    /// <summary>0 to 100; higher is served first.</summary>
    public short Priority { get; internal set; }

    /// <summary>The kind of actor that proposed the order.</summary>
    public ActorType? RequestedByType { get; internal set; }

    /// <summary>The id of the actor that proposed the order.</summary>
    public string? RequestedById { get; internal set; }

    /// <summary>The order type's payload, as JSON text.</summary>
    [JsonColumn]
    public string Payload { get; internal set; } = "{}";

    /// <summary>The host's own data about the order, as JSON text; searchable.</summary>
    [JsonColumn(binary: true)]
    public string? Meta { get; internal set; }

    /// <summary>Reserved for the acceptance rules in force when the order was proposed, as JSON text.</summary>
    [JsonColumn]
    public string? AcceptanceConfig { get; internal set; }

    /// <summary>When the change got into the host's data.</summary>
    public DateTimeOffset? AppliedAt { get; internal set; }

    /// <summary>When the order was completed.</summary>
    public DateTimeOffset? CompletedAt { get; internal set; }

    /// <summary>When the state last changed.</summary>
    public DateTimeOffset? LastTransitionedAt { get; internal set; }

    /// <summary>When the order was proposed.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When the order was last written.</summary>
    public DateTimeOffset UpdatedAt { get; internal set; }

    /// <summary>Rises with every write of the order or of its items' outcome.</summary>
    public int Revision { get; internal set; }

    /// <summary>How many items the order has.</summary>
    public int ItemsTotal { get; internal set; }

    /// <summary>How many items are queued, leased or in progress.</summary>
    public int ItemsOpen { get; internal set; }

    /// <summary>How many items have failed.</summary>
    public int ItemsFailed { get; internal set; }

    /// <summary>SHA-256 of the payload's canonical JSON, lower-case hex.</summary>
    public string PayloadHash { get; internal set; } = "";

    /// <summary>At most one open order of a type has this key; cleared at the end.</summary>
    public string? UniqueKey { get; internal set; }

    /// <summary>The order that this one was cloned from, reworks or reverses.</summary>
    public Guid? ParentOrderId { get; internal set; }

    /// <summary>When the work should be done.</summary>
    public DateTimeOffset? DueAt { get; internal set; }

    /// <summary>The W3C trace context of the proposal.</summary>
    public string? TraceParent { get; internal set; }

    /// <summary>The items, if they were loaded.</summary>
    public IReadOnlyCollection<WorkItem> Items => ItemList;

    /// <summary>The audit trail, if it was loaded.</summary>
    public IReadOnlyCollection<WorkEvent> Events => EventList;

    /// <summary>The provenance rows, if they were loaded.</summary>
    public IReadOnlyCollection<WorkProvenance> Provenances => ProvenanceList;

    /// <summary>Where the proposal came from, if the provenance rows were loaded.</summary>
    public WorkProvenance? Provenance => ProvenanceList.FirstOrDefault(p => p.Operation == "propose");

    /// <summary>Whether the order has reached an end that it never leaves.</summary>
    public bool IsTerminal => State is OrderState.Completed or OrderState.DeadLettered;

    /// <summary>Whether no item can change any more: all are completed, rejected or dead-lettered. Needs the items.</summary>
    public bool AllItemsComplete => ItemList.Count == ItemsTotal && ItemList.TrueForAll(i => i.State is ItemState.Completed or ItemState.Rejected or ItemState.DeadLettered);

    /// <summary>The payload as a value.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="json">How to read it: <c>WorkManagerOptions.Json</c> if you changed it; null for its default.</param>
    /// <returns>The payload.</returns>
    /// <exception cref="JsonException">The payload is not such a value.</exception>
    public T ReadPayload<T>(JsonSerializerOptions? json = null) => StoredJson.Read<T>(Payload, json);

    /// <summary>Takes off what the engine's tracker hung on: a caller gets all of a collection, or none of it.</summary>
    internal WorkOrder Detach(bool withItems)
    {
        EventList.Clear();
        ProvenanceList.Clear();
        ItemList.ForEach(i => i.Detach(withItems ? this : null));
        if (!withItems)
        {
            ItemList.Clear();
        }

        return this;
    }

    internal List<WorkItem> ItemList { get; } = [];

    internal List<WorkEvent> EventList { get; } = [];

    internal List<WorkProvenance> ProvenanceList { get; } = [];
}

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
        builder.Property(o => o.Payload).HasColumnName("payload");
        builder.Property(o => o.Meta).HasColumnName("meta");
        builder.Property(o => o.AcceptanceConfig).HasColumnName("acceptance_config");
        builder.Property(o => o.AppliedAt).Time("applied_at");
        builder.Property(o => o.CompletedAt).Time("completed_at");
        builder.Property(o => o.LastTransitionedAt).Time("last_transitioned_at");
        builder.Property(o => o.CreatedAt).Time("created_at");
        builder.Property(o => o.UpdatedAt).Time("updated_at");
        builder.Property(o => o.Revision).HasColumnName("revision").Default(0);
        builder.Property(o => o.ItemsTotal).HasColumnName("items_total").Default(0);
        builder.Property(o => o.ItemsOpen).HasColumnName("items_open").Default(0);
        builder.Property(o => o.ItemsFailed).HasColumnName("items_failed").Default(0);
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
        builder.Navigation(o => o.Items).HasField("<ItemList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);
        builder.Navigation(o => o.Events).HasField("<EventList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);
        builder.Navigation(o => o.Provenances).HasField("<ProvenanceList>k__BackingField").UsePropertyAccessMode(PropertyAccessMode.Field);

        // The guide's four.
        builder.HasIndex(o => o.Type, "work_orders_type_index");
        builder.HasIndex(o => o.State, "work_orders_state_index");
        builder.HasIndex(o => new { o.State, o.Type }, "work_orders_state_type_idx");
        builder.HasIndex(o => new { o.Priority, o.CreatedAt }, "work_orders_priority_created_idx");
        // Orders of a requester.
        builder.HasIndex(o => new { o.RequestedByType, o.RequestedById }, "work_orders_requester_idx");
        // One open order a key.
        builder.HasIndex(o => new { o.TenantId, o.Type, o.UniqueKey }, "work_orders_unique_key_unique").IsUnique().HasFilter("unique_key IS NOT NULL");
    }
}
