using Microsoft.EntityFrameworkCore;

namespace WorkManager.Persistence.Migrations;

/// <summary>The model after this migration: SQLite rebuilds a table from it when a later migration alters a column.</summary>
/// <remarks>
/// Without column types, so that each provider uses its own. Excluded from migrations: when a host's first migration is removed,
/// the tool takes this for the host's snapshot, and the next migration would drop every table that the host's model does not have.
/// </remarks>
internal partial class Initial
{
    /// <inheritdoc/>
    protected override void BuildTargetModel(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity("WorkManager.WorkDuty", b =>
            {
                b.Property<string>("Name")
                    .HasMaxLength(120)
                    .HasColumnName("name");

                b.Property<string>("Cursor")
                    .HasMaxLength(255)
                    .HasColumnName("cursor");

                b.Property<long>("Epoch")
                    .HasColumnName("epoch")
                    .HasDefaultValue(0L);

                b.Property<DateTime?>("ExpiresAt")
                    .HasColumnName("expires_at");

                b.Property<string>("Holder")
                    .HasMaxLength(255)
                    .HasColumnName("holder");

                b.Property<string>("LastError")
                    .HasColumnName("last_error");

                b.Property<DateTime?>("LastRunAt")
                    .HasColumnName("last_run_at");

                b.HasKey("Name")
                    .HasName("work_duties_pkey");

                b.ToTable("work_duties", null, t => t.ExcludeFromMigrations());
            });

        modelBuilder.Entity("WorkManager.WorkPausedType", b =>
            {
                b.Property<string>("OrderType")
                    .HasMaxLength(120)
                    .HasColumnName("order_type");

                b.Property<DateTime>("PausedAt")
                    .HasColumnName("paused_at");

                b.Property<string>("PausedById")
                    .IsRequired()
                    .HasMaxLength(255)
                    .HasColumnName("paused_by_id");

                b.Property<string>("PausedByType")
                    .IsRequired()
                    .HasMaxLength(50)
                    .HasColumnName("paused_by_type");

                b.Property<string>("Reason")
                    .HasColumnName("reason");

                b.HasKey("OrderType")
                    .HasName("work_paused_types_pkey");

                b.ToTable("work_paused_types", null, t => t.ExcludeFromMigrations());
            });

        modelBuilder.Entity("WorkManager.WorkItemDependency", b =>
            {
                b.Property<Guid>("Id")
                    .HasColumnName("id");

                b.Property<Guid>("DependsOnId")
                    .HasColumnName("depends_on_id");

                b.Property<DateTime?>("MetAt")
                    .HasColumnName("met_at");

                b.HasKey("Id", "DependsOnId")
                    .HasName("work_item_dependencies_pkey");

                b.HasIndex(new[] { "DependsOnId" }, "work_item_dependencies_depends_on_idx");

                b.ToTable("work_item_dependencies", null, t => t.ExcludeFromMigrations());
            });

        modelBuilder.Entity("WorkManager.WorkOrderDependency", b =>
            {
                b.Property<Guid>("Id")
                    .HasColumnName("id");

                b.Property<Guid>("DependsOnId")
                    .HasColumnName("depends_on_id");

                b.Property<DateTime?>("MetAt")
                    .HasColumnName("met_at");

                b.HasKey("Id", "DependsOnId")
                    .HasName("work_order_dependencies_pkey");

                b.HasIndex(new[] { "DependsOnId" }, "work_order_dependencies_depends_on_idx");

                b.HasIndex(new[] { "Id", "DependsOnId" }, "work_order_dependencies_waiting_idx")
                    .HasFilter("met_at IS NULL");

                b.ToTable("work_order_dependencies", null, t => t.ExcludeFromMigrations());
            });

        modelBuilder.Entity("WorkManager.WorkDecision", b =>
            {
                b.Property<Guid>("Id")
                    .HasColumnName("id");

                b.Property<string>("ActorId")
                    .IsRequired()
                    .HasMaxLength(255)
                    .HasColumnName("actor_id");

                b.Property<string>("ActorType")
                    .IsRequired()
                    .HasMaxLength(50)
                    .HasColumnName("actor_type");

                b.Property<string>("Baseline")
                    .HasColumnName("baseline");

                b.Property<string>("Changes")
                    .HasColumnName("changes");

                b.Property<string>("Comment")
                    .HasColumnName("comment");

                b.Property<DateTime?>("ConsumedAt")
                    .HasColumnName("consumed_at");

                b.Property<string>("ContentHash")
                    .HasMaxLength(64)
                    .HasColumnName("content_hash")
                    .IsFixedLength();

                b.Property<DateTime>("CreatedAt")
                    .HasColumnName("created_at");

                b.Property<string>("Decision")
                    .IsRequired()
                    .HasMaxLength(40)
                    .HasColumnName("decision");

                b.Property<DateTime?>("ExpiresAt")
                    .HasColumnName("expires_at");

                b.Property<Guid?>("ItemId")
                    .HasColumnName("item_id");

                b.Property<int?>("ItemRevision")
                    .HasColumnName("item_revision");

                b.Property<string>("OnBehalfOf")
                    .HasMaxLength(255)
                    .HasColumnName("on_behalf_of");

                b.Property<Guid>("OrderId")
                    .HasColumnName("order_id");

                b.Property<int>("OrderRevision")
                    .HasColumnName("order_revision");

                b.Property<string>("Policy")
                    .HasMaxLength(120)
                    .HasColumnName("policy");

                b.Property<string>("Reasons")
                    .HasColumnName("reasons");

                b.Property<string>("Roles")
                    .HasColumnName("roles");

                b.Property<bool>("SelfApproval")
                    .HasColumnName("self_approval")
                    .HasDefaultValue(false);

                b.Property<DateTime?>("SupersededAt")
                    .HasColumnName("superseded_at");

                b.Property<string>("TenantId")
                    .IsRequired()
                    .HasMaxLength(64)
                    .HasColumnName("tenant_id")
                    .HasDefaultValue("");

                b.HasKey("Id")
                    .HasName("work_decisions_pkey");

                b.HasIndex(new[] { "OrderId", "ActorType", "ActorId" }, "work_decisions_approval_no_hash_unique")
                    .IsUnique()
                    .HasFilter("decision = 'approve' AND superseded_at IS NULL AND item_id IS NULL AND content_hash IS NULL");

                b.HasIndex(new[] { "OrderId", "ContentHash", "ActorType", "ActorId" }, "work_decisions_approval_unique")
                    .IsUnique()
                    .HasFilter("decision = 'approve' AND superseded_at IS NULL AND item_id IS NULL AND content_hash IS NOT NULL");

                b.HasIndex(new[] { "ItemId" }, "work_decisions_item_idx")
                    .HasFilter("item_id IS NOT NULL");

                b.HasIndex(new[] { "OrderId", "CreatedAt" }, "work_decisions_order_idx");

                b.HasIndex(new[] { "ExpiresAt" }, "work_decisions_unconsumed_idx")
                    .HasFilter("decision = 'approve' AND superseded_at IS NULL AND consumed_at IS NULL");

                b.ToTable("work_decisions", null, t => t.ExcludeFromMigrations());
            });

        modelBuilder.Entity("WorkManager.WorkEvent", b =>
            {
                b.Property<long>("Id")
                    .ValueGeneratedOnAdd()
                    .HasColumnName("id");

                b.Property<string>("ActorId")
                    .HasMaxLength(255)
                    .HasColumnName("actor_id");

                b.Property<string>("ActorModel")
                    .HasMaxLength(255)
                    .HasColumnName("actor_model");

                b.Property<string>("ActorType")
                    .HasMaxLength(50)
                    .HasColumnName("actor_type");

                b.Property<string>("ChainHash")
                    .HasMaxLength(64)
                    .HasColumnName("chain_hash")
                    .IsFixedLength();

                b.Property<string>("ContentHash")
                    .HasMaxLength(64)
                    .HasColumnName("content_hash")
                    .IsFixedLength();

                b.Property<DateTime>("CreatedAt")
                    .HasColumnName("created_at");

                b.Property<string>("Diff")
                    .HasColumnName("diff");

                b.Property<string>("Event")
                    .IsRequired()
                    .HasMaxLength(100)
                    .HasColumnName("event");

                b.Property<Guid?>("ItemId")
                    .HasColumnName("item_id");

                b.Property<long?>("LeaseEpoch")
                    .HasColumnName("lease_epoch");

                b.Property<string>("Message")
                    .HasColumnName("message");

                b.Property<string>("OnBehalfOf")
                    .HasMaxLength(255)
                    .HasColumnName("on_behalf_of");

                b.Property<Guid?>("OperationId")
                    .HasColumnName("operation_id");

                b.Property<Guid>("OrderId")
                    .HasColumnName("order_id");

                b.Property<string>("Payload")
                    .HasColumnName("payload");

                b.Property<long?>("Seq")
                    .HasColumnName("seq");

                b.Property<string>("TenantId")
                    .IsRequired()
                    .HasMaxLength(64)
                    .HasColumnName("tenant_id")
                    .HasDefaultValue("");

                b.Property<string>("TraceParent")
                    .HasMaxLength(55)
                    .HasColumnName("trace_parent");

                b.HasKey("Id")
                    .HasName("work_events_pkey");

                b.HasIndex(new[] { "Event", "CreatedAt" }, "work_events_event_time_idx");

                b.HasIndex(new[] { "ItemId", "Event" }, "work_events_item_event_idx");

                b.HasIndex(new[] { "OrderId", "Event" }, "work_events_order_event_idx");

                b.HasIndex(new[] { "OrderId", "Seq" }, "work_events_order_seq_unique")
                    .IsUnique()
                    .HasFilter("seq IS NOT NULL");

                b.ToTable("work_events", null, t => t.ExcludeFromMigrations());
            });

        modelBuilder.Entity("WorkManager.WorkIdempotencyKey", b =>
            {
                b.Property<long>("Id")
                    .ValueGeneratedOnAdd()
                    .HasColumnName("id");

                b.Property<DateTime>("CreatedAt")
                    .HasColumnName("created_at");

                b.Property<string>("ErrorCode")
                    .HasMaxLength(80)
                    .HasColumnName("error_code");

                b.Property<DateTime>("ExpiresAt")
                    .HasColumnName("expires_at");

                b.Property<string>("Headers")
                    .HasColumnName("headers");

                b.Property<Guid?>("ItemId")
                    .HasColumnName("item_id");

                b.Property<string>("KeyHash")
                    .IsRequired()
                    .HasMaxLength(64)
                    .HasColumnName("key_hash")
                    .IsFixedLength();

                b.Property<string>("Operation")
                    .IsRequired()
                    .HasMaxLength(40)
                    .HasColumnName("operation");

                b.Property<Guid?>("OrderId")
                    .HasColumnName("order_id");

                b.Property<string>("RequestHash")
                    .IsRequired()
                    .HasMaxLength(64)
                    .HasColumnName("request_hash")
                    .IsFixedLength();

                b.Property<string>("ResponseSnapshot")
                    .HasColumnName("response_snapshot");

                b.Property<string>("Scope")
                    .IsRequired()
                    .HasMaxLength(80)
                    .HasColumnName("scope");

                b.Property<short?>("SnapshotVersion")
                    .HasColumnName("snapshot_version");

                b.Property<short?>("Status")
                    .HasColumnName("status");

                b.Property<string>("TenantId")
                    .IsRequired()
                    .HasMaxLength(64)
                    .HasColumnName("tenant_id")
                    .HasDefaultValue("");

                b.HasKey("Id")
                    .HasName("work_idempotency_keys_pkey");

                b.HasIndex(new[] { "ExpiresAt" }, "work_idem_expires_idx");

                b.HasIndex(new[] { "Scope", "KeyHash" }, "work_idem_scope_hash_unique")
                    .IsUnique();

                b.ToTable("work_idempotency_keys", null, t => t.ExcludeFromMigrations());
            });

        modelBuilder.Entity("WorkManager.WorkItem", b =>
            {
                b.Property<Guid>("Id")
                    .HasColumnName("id");

                b.Property<DateTime?>("AcceptedAt")
                    .HasColumnName("accepted_at");

                b.Property<string>("AssembledResult")
                    .HasColumnName("assembled_result");

                b.Property<short>("Attempts")
                    .HasColumnName("attempts")
                    .HasDefaultValue((short)0);

                b.Property<DateTime>("AvailableAt")
                    .HasColumnName("available_at");

                b.Property<int>("BlockedBy")
                    .HasColumnName("blocked_by")
                    .HasDefaultValue(0);

                b.Property<DateTime>("CreatedAt")
                    .HasColumnName("created_at");

                b.Property<string>("Error")
                    .HasColumnName("error");

                b.Property<string>("Input")
                    .IsRequired()
                    .HasColumnName("input");

                b.Property<DateTime?>("LastHeartbeatAt")
                    .HasColumnName("last_heartbeat_at");

                b.Property<long>("LeaseEpoch")
                    .HasColumnName("lease_epoch")
                    .HasDefaultValue(0L);

                b.Property<DateTime?>("LeaseExpiresAt")
                    .HasColumnName("lease_expires_at");

                b.Property<int?>("LeaseSeconds")
                    .HasColumnName("lease_seconds");

                b.Property<DateTime?>("LeasedAt")
                    .HasColumnName("leased_at");

                b.Property<string>("LeasedByAgentId")
                    .HasMaxLength(255)
                    .HasColumnName("leased_by_agent_id");

                b.Property<short>("MaxAttempts")
                    .HasColumnName("max_attempts")
                    .HasDefaultValue((short)3);

                b.Property<Guid>("OrderId")
                    .HasColumnName("order_id");

                b.Property<string>("OrderType")
                    .IsRequired()
                    .HasMaxLength(120)
                    .HasColumnName("order_type");

                b.Property<string>("PartsRequired")
                    .HasColumnName("parts_required");

                b.Property<string>("PartsState")
                    .HasColumnName("parts_state");

                b.Property<int?>("PlannedLeaseSeconds")
                    .HasColumnName("planned_lease_seconds");

                b.Property<short>("Priority")
                    .HasColumnName("priority")
                    .HasDefaultValue((short)0);

                b.Property<short?>("Progress")
                    .HasColumnName("progress");

                b.Property<DateTime?>("ReadyAt")
                    .HasColumnName("ready_at");

                b.Property<short>("Releases")
                    .HasColumnName("releases")
                    .HasDefaultValue((short)0);

                b.Property<string>("Result")
                    .HasColumnName("result");

                b.Property<string>("ResultHash")
                    .HasMaxLength(64)
                    .HasColumnName("result_hash")
                    .IsFixedLength();

                b.Property<int?>("ResultVersion")
                    .HasColumnName("result_version");

                b.Property<int>("Revision")
                    .HasColumnName("revision")
                    .HasDefaultValue(0);

                b.Property<short>("ReworkCount")
                    .HasColumnName("rework_count")
                    .HasDefaultValue((short)0);

                b.Property<string>("State")
                    .IsRequired()
                    .HasMaxLength(20)
                    .HasColumnName("state")
                    .HasDefaultValue("queued");

                b.Property<DateTime?>("SubmittedAt")
                    .HasColumnName("submitted_at");

                b.Property<string>("SubmittedById")
                    .HasMaxLength(255)
                    .HasColumnName("submitted_by_id");

                b.Property<string>("SubmittedByType")
                    .HasMaxLength(50)
                    .HasColumnName("submitted_by_type");

                b.Property<string>("SubmittedFor")
                    .HasMaxLength(255)
                    .HasColumnName("submitted_for");

                b.Property<string>("TenantId")
                    .IsRequired()
                    .HasMaxLength(64)
                    .HasColumnName("tenant_id")
                    .HasDefaultValue("");

                b.Property<string>("Type")
                    .IsRequired()
                    .HasMaxLength(120)
                    .HasColumnName("type");

                b.Property<int>("TypeVersion")
                    .HasColumnName("type_version")
                    .HasDefaultValue(1);

                b.Property<DateTime>("UpdatedAt")
                    .HasColumnName("updated_at");

                b.HasAnnotation("Npgsql:StorageParameter:fillfactor", 80);
                b.HasAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", "0.02");

                b.HasKey("Id")
                    .HasName("work_items_pkey");

                b.HasIndex(new[] { "AvailableAt" }, "work_items_due_idx")
                    .HasFilter("state = 'queued' AND ready_at IS NULL AND blocked_by = 0");

                b.HasIndex(new[] { "LeasedByAgentId" }, "work_items_held_by_agent_idx")
                    .HasFilter("state IN ('leased', 'in_progress')");

                b.HasIndex(new[] { "TenantId", "OrderType" }, "work_items_held_of_type_idx")
                    .HasFilter("state IN ('leased', 'in_progress')");

                b.HasIndex(new[] { "LeaseExpiresAt" }, "work_items_lease_expires_at_index");

                b.HasIndex(new[] { "State", "LeaseExpiresAt" }, "work_items_lease_expiry_idx");

                b.HasIndex(new[] { "OrderId", "State" }, "work_items_order_state_idx");

                b.HasIndex(new[] { "TenantId", "Priority", "ReadyAt", "Id" }, "work_items_ready_idx")
                    .IsDescending(false, true, false, false)
                    .HasFilter("ready_at IS NOT NULL AND blocked_by = 0");

                b.HasIndex(new[] { "OrderId", "ReadyAt", "Id" }, "work_items_ready_order_idx")
                    .HasFilter("ready_at IS NOT NULL");

                b.HasIndex(new[] { "OrderType", "TenantId", "Priority", "ReadyAt", "Id" }, "work_items_ready_type_idx")
                    .IsDescending(false, false, true, false, false)
                    .HasFilter("ready_at IS NOT NULL");

                b.HasIndex(new[] { "State" }, "work_items_state_index");

                b.HasIndex(new[] { "Type" }, "work_items_type_index");

                b.ToTable("work_items", null, t =>
                    {
                        t.ExcludeFromMigrations();

                        t.HasCheckConstraint("work_items_priority_check", "priority BETWEEN 0 AND 100");

                        t.HasCheckConstraint("work_items_ready_check", "ready_at IS NULL OR (state = 'queued' AND blocked_by = 0)");

                        t.HasCheckConstraint("work_items_state_check", "state IN ('queued', 'leased', 'in_progress', 'submitted', 'accepted', 'rejected', 'completed', 'failed', 'dead_lettered')");
                    });
            });

        modelBuilder.Entity("WorkManager.WorkItemPart", b =>
            {
                b.Property<Guid>("Id")
                    .HasColumnName("id");

                b.Property<string>("Checksum")
                    .HasMaxLength(255)
                    .HasColumnName("checksum");

                b.Property<DateTime>("CreatedAt")
                    .HasColumnName("created_at");

                b.Property<string>("Errors")
                    .HasColumnName("errors");

                b.Property<string>("Evidence")
                    .HasColumnName("evidence");

                b.Property<string>("IdempotencyKeyHash")
                    .HasMaxLength(64)
                    .HasColumnName("idempotency_key_hash")
                    .IsFixedLength();

                b.Property<long>("LeaseEpoch")
                    .HasColumnName("lease_epoch")
                    .HasDefaultValue(0L);

                b.Property<string>("Notes")
                    .HasColumnName("notes");

                b.Property<string>("PartKey")
                    .IsRequired()
                    .HasMaxLength(120)
                    .HasColumnName("part_key");

                b.Property<string>("Payload")
                    .IsRequired()
                    .HasColumnName("payload");

                b.Property<DateTime?>("RejectedAt")
                    .HasColumnName("rejected_at");

                b.Property<string>("RejectedPayload")
                    .HasColumnName("rejected_payload");

                b.Property<int?>("Seq")
                    .HasColumnName("seq");

                b.Property<string>("Status")
                    .IsRequired()
                    .HasMaxLength(20)
                    .HasColumnName("status")
                    .HasDefaultValue("draft");

                b.Property<string>("SubmittedByAgentId")
                    .IsRequired()
                    .HasMaxLength(255)
                    .HasColumnName("submitted_by_agent_id");

                b.Property<string>("SubmittedById")
                    .HasMaxLength(255)
                    .HasColumnName("submitted_by_id");

                b.Property<string>("SubmittedByType")
                    .HasMaxLength(50)
                    .HasColumnName("submitted_by_type");

                b.Property<string>("SubmittedFor")
                    .HasMaxLength(255)
                    .HasColumnName("submitted_for");

                b.Property<int?>("TypeVersion")
                    .HasColumnName("type_version");

                b.Property<DateTime>("UpdatedAt")
                    .HasColumnName("updated_at");

                b.Property<Guid>("WorkItemId")
                    .HasColumnName("work_item_id");

                b.HasKey("Id")
                    .HasName("work_item_parts_pkey");

                b.HasIndex(new[] { "WorkItemId", "PartKey" }, "work_parts_item_key_idx");

                b.HasIndex(new[] { "WorkItemId", "PartKey" }, "work_parts_item_key_no_seq_unique")
                    .IsUnique()
                    .HasFilter("seq IS NULL");

                b.HasIndex(new[] { "WorkItemId", "PartKey", "Seq" }, "work_parts_item_key_seq_unique")
                    .IsUnique();

                b.HasIndex(new[] { "WorkItemId", "Status" }, "work_parts_item_status_idx");

                b.ToTable("work_item_parts", null, t =>
                    {
                        t.ExcludeFromMigrations();

                        t.HasCheckConstraint("work_item_parts_status_check", "status IN ('draft', 'validated', 'rejected')");
                    });
            });

        modelBuilder.Entity("WorkManager.WorkOrder", b =>
            {
                b.Property<Guid>("Id")
                    .HasColumnName("id");

                b.Property<string>("AcceptanceConfig")
                    .HasColumnName("acceptance_config");

                b.Property<DateTime?>("AppliedAt")
                    .HasColumnName("applied_at");

                b.Property<int>("ApplyAttempts")
                    .HasColumnName("apply_attempts")
                    .HasDefaultValue(0);

                b.Property<int>("BlockedBy")
                    .HasColumnName("blocked_by")
                    .HasDefaultValue(0);

                b.Property<DateTime?>("CompletedAt")
                    .HasColumnName("completed_at");

                b.Property<DateTime>("CreatedAt")
                    .HasColumnName("created_at");

                b.Property<string>("DependencyFailure")
                    .IsRequired()
                    .HasMaxLength(20)
                    .HasColumnName("dependency_failure")
                    .HasDefaultValue("fail");

                b.Property<DateTime?>("DueAt")
                    .HasColumnName("due_at");

                b.Property<string>("Error")
                    .HasColumnName("error");

                b.Property<DateTime?>("HeldAt")
                    .HasColumnName("held_at");

                b.Property<string>("ItemFailure")
                    .IsRequired()
                    .HasMaxLength(20)
                    .HasColumnName("item_failure")
                    .HasDefaultValue("fail_order");

                b.Property<int>("ItemsFailed")
                    .HasColumnName("items_failed")
                    .HasDefaultValue(0);

                b.Property<int>("ItemsOpen")
                    .HasColumnName("items_open")
                    .HasDefaultValue(0);

                b.Property<int>("ItemsTotal")
                    .HasColumnName("items_total")
                    .HasDefaultValue(0);

                b.Property<DateTime?>("LastTransitionedAt")
                    .HasColumnName("last_transitioned_at");

                b.Property<string>("Meta")
                    .HasColumnName("meta");

                b.Property<DateTime?>("NextApplyAt")
                    .HasColumnName("next_apply_at");

                b.Property<Guid?>("ParentOrderId")
                    .HasColumnName("parent_order_id");

                b.Property<string>("Payload")
                    .IsRequired()
                    .HasColumnName("payload");

                b.Property<string>("PayloadHash")
                    .IsRequired()
                    .HasMaxLength(64)
                    .HasColumnName("payload_hash")
                    .IsFixedLength();

                b.Property<short>("Priority")
                    .HasColumnName("priority")
                    .HasDefaultValue((short)0);

                b.Property<string>("RequestedById")
                    .HasMaxLength(255)
                    .HasColumnName("requested_by_id");

                b.Property<string>("RequestedByType")
                    .HasMaxLength(50)
                    .HasColumnName("requested_by_type");

                b.Property<string>("RequestedFor")
                    .HasMaxLength(255)
                    .HasColumnName("requested_for");

                b.Property<int>("Revision")
                    .HasColumnName("revision")
                    .HasDefaultValue(0);

                b.Property<string>("State")
                    .IsRequired()
                    .HasMaxLength(20)
                    .HasColumnName("state")
                    .HasDefaultValue("queued");

                b.Property<DateTime?>("SubmittedAt")
                    .HasColumnName("submitted_at");

                b.Property<string>("TenantId")
                    .IsRequired()
                    .HasMaxLength(64)
                    .HasColumnName("tenant_id")
                    .HasDefaultValue("");

                b.Property<string>("TraceParent")
                    .HasMaxLength(55)
                    .HasColumnName("trace_parent");

                b.Property<string>("Type")
                    .IsRequired()
                    .HasMaxLength(120)
                    .HasColumnName("type");

                b.Property<int>("TypeVersion")
                    .HasColumnName("type_version")
                    .HasDefaultValue(1);

                b.Property<string>("UniqueKey")
                    .HasMaxLength(200)
                    .HasColumnName("unique_key");

                b.Property<DateTime>("UpdatedAt")
                    .HasColumnName("updated_at");

                b.HasKey("Id")
                    .HasName("work_orders_pkey");

                b.HasIndex(new[] { "LastTransitionedAt", "Id" }, "work_orders_closed_idx")
                    .HasFilter("state IN ('completed', 'rejected', 'dead_lettered')");

                b.HasIndex(new[] { "NextApplyAt" }, "work_orders_next_apply_idx")
                    .HasFilter("next_apply_at IS NOT NULL AND state IN ('submitted', 'approved')");

                b.HasIndex(new[] { "ParentOrderId" }, "work_orders_parent_idx")
                    .HasFilter("parent_order_id IS NOT NULL");

                b.HasIndex(new[] { "Priority", "CreatedAt" }, "work_orders_priority_created_idx");

                b.HasIndex(new[] { "RequestedByType", "RequestedById" }, "work_orders_requester_idx");

                b.HasIndex(new[] { "TenantId", "DueAt", "Priority", "SubmittedAt" }, "work_orders_review_idx")
                    .IsDescending(false, false, true, false)
                    .HasFilter("state = 'submitted'");

                b.HasIndex(new[] { "State" }, "work_orders_state_index");

                b.HasIndex(new[] { "State", "Type" }, "work_orders_state_type_idx");

                b.HasIndex(new[] { "Type" }, "work_orders_type_index");

                b.HasIndex(new[] { "TenantId", "Type", "UniqueKey" }, "work_orders_unique_key_unique")
                    .IsUnique()
                    .HasFilter("unique_key IS NOT NULL AND state NOT IN ('completed', 'rejected', 'dead_lettered')");

                b.ToTable("work_orders", null, t =>
                    {
                        t.ExcludeFromMigrations();

                        t.HasCheckConstraint("work_orders_dependency_failure_check", "dependency_failure IN ('fail', 'wait', 'go_on')");

                        t.HasCheckConstraint("work_orders_item_failure_check", "item_failure IN ('fail_order', 'fail_order_at_once', 'go_on')");

                        t.HasCheckConstraint("work_orders_priority_check", "priority BETWEEN 0 AND 100");

                        t.HasCheckConstraint("work_orders_state_check", "state IN ('queued', 'checked_out', 'in_progress', 'submitted', 'approved', 'applied', 'completed', 'rejected', 'failed', 'dead_lettered')");
                    });
            });

        modelBuilder.Entity("WorkManager.WorkProvenance", b =>
            {
                b.Property<long>("Id")
                    .ValueGeneratedOnAdd()
                    .HasColumnName("id");

                b.Property<string>("ActorId")
                    .HasMaxLength(255)
                    .HasColumnName("actor_id");

                b.Property<string>("ActorType")
                    .HasMaxLength(50)
                    .HasColumnName("actor_type");

                b.Property<string>("AgentName")
                    .HasMaxLength(255)
                    .HasColumnName("agent_name");

                b.Property<string>("AgentVersion")
                    .HasMaxLength(255)
                    .HasColumnName("agent_version");

                b.Property<DateTime>("CreatedAt")
                    .HasColumnName("created_at");

                b.Property<string>("Extra")
                    .HasColumnName("extra");

                b.Property<string>("IdempotencyKey")
                    .HasMaxLength(64)
                    .HasColumnName("idempotency_key")
                    .IsFixedLength();

                b.Property<Guid?>("ItemId")
                    .HasColumnName("item_id");

                b.Property<string>("OnBehalfOf")
                    .HasMaxLength(255)
                    .HasColumnName("on_behalf_of");

                b.Property<string>("Operation")
                    .IsRequired()
                    .HasMaxLength(40)
                    .HasColumnName("operation");

                b.Property<Guid?>("OperationId")
                    .HasColumnName("operation_id");

                b.Property<Guid?>("OrderId")
                    .HasColumnName("order_id");

                b.Property<string>("RequestFingerprint")
                    .HasMaxLength(64)
                    .HasColumnName("request_fingerprint");

                b.Property<string>("TenantId")
                    .IsRequired()
                    .HasMaxLength(64)
                    .HasColumnName("tenant_id")
                    .HasDefaultValue("");

                b.HasKey("Id")
                    .HasName("work_provenances_pkey");

                b.HasIndex(new[] { "IdempotencyKey" }, "work_prov_idempotency_key_unique")
                    .IsUnique();

                b.HasIndex(new[] { "ItemId" }, "work_prov_item_idx")
                    .HasFilter("item_id IS NOT NULL");

                b.HasIndex(new[] { "OrderId", "CreatedAt" }, "work_prov_order_timeline_idx");

                b.ToTable("work_provenances", null, t => t.ExcludeFromMigrations());
            });

        modelBuilder.Entity("WorkManager.WorkItemDependency", b =>
            {
                b.HasOne("WorkManager.WorkItem", null)
                    .WithMany()
                    .HasForeignKey("DependsOnId")
                    .OnDelete(DeleteBehavior.Cascade)
                    .IsRequired()
                    .HasConstraintName("work_item_dependencies_depends_on_id_fkey");

                b.HasOne("WorkManager.WorkItem", null)
                    .WithMany()
                    .HasForeignKey("Id")
                    .OnDelete(DeleteBehavior.Cascade)
                    .IsRequired()
                    .HasConstraintName("work_item_dependencies_id_fkey");
            });

        modelBuilder.Entity("WorkManager.WorkOrderDependency", b =>
            {
                b.HasOne("WorkManager.WorkOrder", null)
                    .WithMany()
                    .HasForeignKey("DependsOnId")
                    .OnDelete(DeleteBehavior.NoAction)
                    .IsRequired()
                    .HasConstraintName("work_order_dependencies_depends_on_id_fkey");

                b.HasOne("WorkManager.WorkOrder", null)
                    .WithMany()
                    .HasForeignKey("Id")
                    .OnDelete(DeleteBehavior.Cascade)
                    .IsRequired()
                    .HasConstraintName("work_order_dependencies_id_fkey");
            });

        modelBuilder.Entity("WorkManager.WorkDecision", b =>
            {
                b.HasOne("WorkManager.WorkItem", null)
                    .WithMany()
                    .HasForeignKey("ItemId")
                    .OnDelete(DeleteBehavior.NoAction)
                    .HasConstraintName("work_decisions_item_id_fkey");

                b.HasOne("WorkManager.WorkOrder", null)
                    .WithMany("Decisions")
                    .HasForeignKey("OrderId")
                    .OnDelete(DeleteBehavior.NoAction)
                    .IsRequired()
                    .HasConstraintName("work_decisions_order_id_fkey");
            });

        modelBuilder.Entity("WorkManager.WorkEvent", b =>
            {
                b.HasOne("WorkManager.WorkItem", null)
                    .WithMany("Events")
                    .HasForeignKey("ItemId")
                    .OnDelete(DeleteBehavior.NoAction)
                    .HasConstraintName("work_events_item_id_fkey");

                b.HasOne("WorkManager.WorkOrder", null)
                    .WithMany("Events")
                    .HasForeignKey("OrderId")
                    .OnDelete(DeleteBehavior.NoAction)
                    .IsRequired()
                    .HasConstraintName("work_events_order_id_fkey");
            });

        modelBuilder.Entity("WorkManager.WorkItem", b =>
            {
                b.HasOne("WorkManager.WorkOrder", "Order")
                    .WithMany("Items")
                    .HasForeignKey("OrderId")
                    .OnDelete(DeleteBehavior.Cascade)
                    .IsRequired()
                    .HasConstraintName("work_items_order_id_fkey");

                b.Navigation("Order");
            });

        modelBuilder.Entity("WorkManager.WorkItemPart", b =>
            {
                b.HasOne("WorkManager.WorkItem", "Item")
                    .WithMany("Parts")
                    .HasForeignKey("WorkItemId")
                    .OnDelete(DeleteBehavior.Cascade)
                    .IsRequired()
                    .HasConstraintName("work_item_parts_work_item_id_fkey");

                b.Navigation("Item");
            });

        modelBuilder.Entity("WorkManager.WorkProvenance", b =>
            {
                b.HasOne("WorkManager.WorkItem", null)
                    .WithMany("Provenances")
                    .HasForeignKey("ItemId")
                    .OnDelete(DeleteBehavior.NoAction)
                    .HasConstraintName("work_provenances_item_id_fkey");

                b.HasOne("WorkManager.WorkOrder", null)
                    .WithMany("Provenances")
                    .HasForeignKey("OrderId")
                    .OnDelete(DeleteBehavior.NoAction)
                    .HasConstraintName("work_provenances_order_id_fkey");
            });

        modelBuilder.Entity("WorkManager.WorkItem", b =>
            {
                b.Navigation("Events");

                b.Navigation("Parts");

                b.Navigation("Provenances");
            });

        modelBuilder.Entity("WorkManager.WorkOrder", b =>
            {
                b.Navigation("Decisions");

                b.Navigation("Events");

                b.Navigation("Items");

                b.Navigation("Provenances");
            });
    }
}
