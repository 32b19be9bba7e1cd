using Microsoft.EntityFrameworkCore.Migrations;
using WorkManager.Persistence.Schema;

namespace WorkManager.Persistence.Migrations;

/// <summary>The first schema: the six tables of the guide with their indexes, and ours beside them.</summary>
[Migration("00000000000001_WorkManager_Initial")]
internal sealed partial class Initial : WorkManagerMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        if (Schema is not null)
        {
            migrationBuilder.EnsureSchema(Schema);
        }

        migrationBuilder.CreateTable(
            name: "work_duties",
            schema: Schema,
            columns: table => new
            {
                name = table.Column<string>(maxLength: 120, nullable: false),
                holder = table.Column<string>(maxLength: 255, nullable: true),
                epoch = table.Column<long>(nullable: false, defaultValue: 0L),
                expires_at = table.Column<DateTime>(nullable: true),
                cursor = table.Column<string>(maxLength: 255, nullable: true),
                last_run_at = table.Column<DateTime>(nullable: true),
                last_error = table.Column<string>(type: Json, nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_duties_pkey", x => x.name);
            });

        migrationBuilder.CreateTable(
            name: "work_paused_types",
            schema: Schema,
            columns: table => new
            {
                order_type = table.Column<string>(maxLength: 120, nullable: false),
                reason = table.Column<string>(nullable: true),
                paused_by_type = table.Column<string>(maxLength: 50, nullable: false),
                paused_by_id = table.Column<string>(maxLength: 255, nullable: false),
                paused_at = table.Column<DateTime>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_paused_types_pkey", x => x.order_type);
            });

        migrationBuilder.CreateTable(
            name: "work_idempotency_keys",
            schema: Schema,
            columns: table => new
            {
                id = table.Column<long>(type: Identity, nullable: false)
                    .Annotation("Sqlite:Autoincrement", true),
                tenant_id = table.Column<string>(maxLength: 64, nullable: false, defaultValue: ""),
                scope = table.Column<string>(maxLength: 80, nullable: false),
                key_hash = table.Column<string>(fixedLength: true, maxLength: 64, nullable: false),
                request_hash = table.Column<string>(fixedLength: true, maxLength: 64, nullable: false),
                operation = table.Column<string>(maxLength: 40, nullable: false),
                response_snapshot = table.Column<string>(type: Json, nullable: true),
                snapshot_version = table.Column<short>(nullable: true),
                error_code = table.Column<string>(maxLength: 80, nullable: true),
                status = table.Column<short>(nullable: true),
                headers = table.Column<string>(type: Json, nullable: true),
                order_id = table.Column<Guid>(nullable: true),
                item_id = table.Column<Guid>(nullable: true),
                created_at = table.Column<DateTime>(nullable: false),
                expires_at = table.Column<DateTime>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_idempotency_keys_pkey", x => x.id);
            });

        migrationBuilder.CreateTable(
            name: "work_orders",
            schema: Schema,
            columns: table => new
            {
                id = table.Column<Guid>(nullable: false),
                tenant_id = table.Column<string>(maxLength: 64, nullable: false, defaultValue: ""),
                type = table.Column<string>(maxLength: 120, nullable: false),
                type_version = table.Column<int>(nullable: false, defaultValue: 1),
                state = table.Column<string>(maxLength: 20, nullable: false, defaultValue: "queued"),
                priority = table.Column<short>(nullable: false, defaultValue: (short)0),
                requested_by_type = table.Column<string>(maxLength: 50, nullable: true),
                requested_by_id = table.Column<string>(maxLength: 255, nullable: true),
                requested_for = table.Column<string>(maxLength: 255, nullable: true),
                payload = table.Column<string>(type: Json, nullable: false),
                meta = table.Column<string>(type: BinaryJson, nullable: true),
                acceptance_config = table.Column<string>(type: Json, nullable: true),
                submitted_at = table.Column<DateTime>(nullable: true),
                applied_at = table.Column<DateTime>(nullable: true),
                completed_at = table.Column<DateTime>(nullable: true),
                last_transitioned_at = table.Column<DateTime>(nullable: true),
                created_at = table.Column<DateTime>(nullable: false),
                updated_at = table.Column<DateTime>(nullable: false),
                revision = table.Column<int>(nullable: false, defaultValue: 0),
                items_total = table.Column<int>(nullable: false, defaultValue: 0),
                items_open = table.Column<int>(nullable: false, defaultValue: 0),
                items_failed = table.Column<int>(nullable: false, defaultValue: 0),
                item_failure = table.Column<string>(maxLength: 20, nullable: false, defaultValue: "fail_order"),
                dependency_failure = table.Column<string>(maxLength: 20, nullable: false, defaultValue: "fail"),
                blocked_by = table.Column<int>(nullable: false, defaultValue: 0),
                held_at = table.Column<DateTime>(nullable: true),
                apply_attempts = table.Column<int>(nullable: false, defaultValue: 0),
                next_apply_at = table.Column<DateTime>(nullable: true),
                error = table.Column<string>(type: Json, nullable: true),
                payload_hash = table.Column<string>(fixedLength: true, maxLength: 64, nullable: false),
                unique_key = table.Column<string>(maxLength: 200, nullable: true),
                parent_order_id = table.Column<Guid>(nullable: true),
                due_at = table.Column<DateTime>(nullable: true),
                trace_parent = table.Column<string>(maxLength: 55, nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_orders_pkey", x => x.id);
                table.CheckConstraint("work_orders_dependency_failure_check", "dependency_failure IN ('fail', 'wait', 'go_on')");
                table.CheckConstraint("work_orders_item_failure_check", "item_failure IN ('fail_order', 'fail_order_at_once', 'go_on')");
                table.CheckConstraint("work_orders_priority_check", "priority BETWEEN 0 AND 100");
                table.CheckConstraint("work_orders_state_check", "state IN ('queued', 'checked_out', 'in_progress', 'submitted', 'approved', 'applied', 'completed', 'rejected', 'failed', 'dead_lettered')");
            });

        migrationBuilder.CreateTable(
            name: "work_items",
            schema: Schema,
            columns: table => new
            {
                id = table.Column<Guid>(nullable: false),
                order_id = table.Column<Guid>(nullable: false),
                tenant_id = table.Column<string>(maxLength: 64, nullable: false, defaultValue: ""),
                order_type = table.Column<string>(maxLength: 120, nullable: false),
                type_version = table.Column<int>(nullable: false, defaultValue: 1),
                type = table.Column<string>(maxLength: 120, nullable: false),
                state = table.Column<string>(maxLength: 20, nullable: false, defaultValue: "queued"),
                priority = table.Column<short>(nullable: false, defaultValue: (short)0),
                attempts = table.Column<short>(nullable: false, defaultValue: (short)0),
                max_attempts = table.Column<short>(nullable: false, defaultValue: (short)3),
                releases = table.Column<short>(nullable: false, defaultValue: (short)0),
                leased_by_agent_id = table.Column<string>(maxLength: 255, nullable: true),
                lease_expires_at = table.Column<DateTime>(nullable: true),
                last_heartbeat_at = table.Column<DateTime>(nullable: true),
                lease_epoch = table.Column<long>(nullable: false, defaultValue: 0L),
                lease_seconds = table.Column<int>(nullable: true),
                planned_lease_seconds = table.Column<int>(nullable: true),
                leased_at = table.Column<DateTime>(nullable: true),
                available_at = table.Column<DateTime>(nullable: false),
                ready_at = table.Column<DateTime>(nullable: true),
                blocked_by = table.Column<int>(nullable: false, defaultValue: 0),
                input = table.Column<string>(type: Json, nullable: false),
                result = table.Column<string>(type: Json, nullable: true),
                assembled_result = table.Column<string>(type: Json, nullable: true),
                result_hash = table.Column<string>(fixedLength: true, maxLength: 64, nullable: true),
                result_version = table.Column<int>(nullable: true),
                rework_count = table.Column<short>(nullable: false, defaultValue: (short)0),
                parts_required = table.Column<string>(type: Json, nullable: true),
                parts_state = table.Column<string>(type: Json, nullable: true),
                error = table.Column<string>(type: Json, nullable: true),
                progress = table.Column<short>(nullable: true),
                submitted_at = table.Column<DateTime>(nullable: true),
                submitted_by_type = table.Column<string>(maxLength: 50, nullable: true),
                submitted_by_id = table.Column<string>(maxLength: 255, nullable: true),
                submitted_for = table.Column<string>(maxLength: 255, nullable: true),
                accepted_at = table.Column<DateTime>(nullable: true),
                created_at = table.Column<DateTime>(nullable: false),
                updated_at = table.Column<DateTime>(nullable: false),
                revision = table.Column<int>(nullable: false, defaultValue: 0)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_items_pkey", x => x.id);
                table.CheckConstraint("work_items_priority_check", "priority BETWEEN 0 AND 100");
                table.CheckConstraint("work_items_ready_check", "ready_at IS NULL OR (state = 'queued' AND blocked_by = 0)");
                table.CheckConstraint("work_items_state_check", "state IN ('queued', 'leased', 'in_progress', 'submitted', 'accepted', 'rejected', 'completed', 'failed', 'dead_lettered')");
                table.ForeignKey(
                    name: "work_items_order_id_fkey",
                    column: x => x.order_id,
                    principalSchema: Schema,
                    principalTable: "work_orders",
                    principalColumn: "id",
                    onDelete: ReferentialAction.Cascade);
            })
            // Heartbeats rewrite rows in place, and queues want to be vacuumed early. Only PostgreSQL knows these.
            .Annotation("Npgsql:StorageParameter:fillfactor", 80)
            .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", "0.02");

        migrationBuilder.CreateTable(
            name: "work_order_dependencies",
            schema: Schema,
            columns: table => new
            {
                id = table.Column<Guid>(nullable: false),
                depends_on_id = table.Column<Guid>(nullable: false),
                met_at = table.Column<DateTime>(nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_order_dependencies_pkey", x => new { x.id, x.depends_on_id });
                table.ForeignKey(
                    name: "work_order_dependencies_depends_on_id_fkey",
                    column: x => x.depends_on_id,
                    principalSchema: Schema,
                    principalTable: "work_orders",
                    principalColumn: "id");
                table.ForeignKey(
                    name: "work_order_dependencies_id_fkey",
                    column: x => x.id,
                    principalSchema: Schema,
                    principalTable: "work_orders",
                    principalColumn: "id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            name: "work_decisions",
            schema: Schema,
            columns: table => new
            {
                id = table.Column<Guid>(nullable: false),
                order_id = table.Column<Guid>(nullable: false),
                item_id = table.Column<Guid>(nullable: true),
                tenant_id = table.Column<string>(maxLength: 64, nullable: false, defaultValue: ""),
                decision = table.Column<string>(maxLength: 40, nullable: false),
                actor_type = table.Column<string>(maxLength: 50, nullable: false),
                actor_id = table.Column<string>(maxLength: 255, nullable: false),
                on_behalf_of = table.Column<string>(maxLength: 255, nullable: true),
                roles = table.Column<string>(type: Json, nullable: true),
                reasons = table.Column<string>(type: Json, nullable: true),
                comment = table.Column<string>(nullable: true),
                content_hash = table.Column<string>(fixedLength: true, maxLength: 64, nullable: true),
                order_revision = table.Column<int>(nullable: false),
                item_revision = table.Column<int>(nullable: true),
                changes = table.Column<string>(type: Json, nullable: true),
                baseline = table.Column<string>(type: Json, nullable: true),
                policy = table.Column<string>(maxLength: 120, nullable: true),
                self_approval = table.Column<bool>(nullable: false, defaultValue: false),
                created_at = table.Column<DateTime>(nullable: false),
                expires_at = table.Column<DateTime>(nullable: true),
                consumed_at = table.Column<DateTime>(nullable: true),
                superseded_at = table.Column<DateTime>(nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_decisions_pkey", x => x.id);
                table.ForeignKey(
                    name: "work_decisions_item_id_fkey",
                    column: x => x.item_id,
                    principalSchema: Schema,
                    principalTable: "work_items",
                    principalColumn: "id");
                table.ForeignKey(
                    name: "work_decisions_order_id_fkey",
                    column: x => x.order_id,
                    principalSchema: Schema,
                    principalTable: "work_orders",
                    principalColumn: "id");
            });

        migrationBuilder.CreateTable(
            name: "work_events",
            schema: Schema,
            columns: table => new
            {
                id = table.Column<long>(type: Identity, nullable: false)
                    .Annotation("Sqlite:Autoincrement", true),
                order_id = table.Column<Guid>(nullable: false),
                item_id = table.Column<Guid>(nullable: true),
                tenant_id = table.Column<string>(maxLength: 64, nullable: false, defaultValue: ""),
                operation_id = table.Column<Guid>(nullable: true),
                @event = table.Column<string>(name: "event", maxLength: 100, nullable: false),
                actor_type = table.Column<string>(maxLength: 50, nullable: true),
                actor_id = table.Column<string>(maxLength: 255, nullable: true),
                on_behalf_of = table.Column<string>(maxLength: 255, nullable: true),
                actor_model = table.Column<string>(maxLength: 255, nullable: true),
                payload = table.Column<string>(type: Json, nullable: true),
                diff = table.Column<string>(type: Json, nullable: true),
                message = table.Column<string>(nullable: true),
                lease_epoch = table.Column<long>(nullable: true),
                content_hash = table.Column<string>(fixedLength: true, maxLength: 64, nullable: true),
                trace_parent = table.Column<string>(maxLength: 55, nullable: true),
                seq = table.Column<long>(nullable: true),
                chain_hash = table.Column<string>(fixedLength: true, maxLength: 64, nullable: true),
                created_at = table.Column<DateTime>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_events_pkey", x => x.id);
                table.ForeignKey(
                    name: "work_events_item_id_fkey",
                    column: x => x.item_id,
                    principalSchema: Schema,
                    principalTable: "work_items",
                    principalColumn: "id");
                table.ForeignKey(
                    name: "work_events_order_id_fkey",
                    column: x => x.order_id,
                    principalSchema: Schema,
                    principalTable: "work_orders",
                    principalColumn: "id");
            });

        migrationBuilder.CreateTable(
            name: "work_item_dependencies",
            schema: Schema,
            columns: table => new
            {
                id = table.Column<Guid>(nullable: false),
                depends_on_id = table.Column<Guid>(nullable: false),
                met_at = table.Column<DateTime>(nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_item_dependencies_pkey", x => new { x.id, x.depends_on_id });
                table.ForeignKey(
                    name: "work_item_dependencies_depends_on_id_fkey",
                    column: x => x.depends_on_id,
                    principalSchema: Schema,
                    principalTable: "work_items",
                    principalColumn: "id",
                    onDelete: ReferentialAction.Cascade);
                table.ForeignKey(
                    name: "work_item_dependencies_id_fkey",
                    column: x => x.id,
                    principalSchema: Schema,
                    principalTable: "work_items",
                    principalColumn: "id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            name: "work_item_parts",
            schema: Schema,
            columns: table => new
            {
                id = table.Column<Guid>(nullable: false),
                work_item_id = table.Column<Guid>(nullable: false),
                part_key = table.Column<string>(maxLength: 120, nullable: false),
                seq = table.Column<int>(nullable: true),
                status = table.Column<string>(maxLength: 20, nullable: false, defaultValue: "draft"),
                payload = table.Column<string>(type: Json, nullable: false),
                evidence = table.Column<string>(type: Json, nullable: true),
                errors = table.Column<string>(type: Json, nullable: true),
                notes = table.Column<string>(nullable: true),
                checksum = table.Column<string>(maxLength: 255, nullable: true),
                submitted_by_agent_id = table.Column<string>(maxLength: 255, nullable: false),
                submitted_by_type = table.Column<string>(maxLength: 50, nullable: true),
                submitted_by_id = table.Column<string>(maxLength: 255, nullable: true),
                submitted_for = table.Column<string>(maxLength: 255, nullable: true),
                type_version = table.Column<int>(nullable: true),
                idempotency_key_hash = table.Column<string>(fixedLength: true, maxLength: 64, nullable: true),
                lease_epoch = table.Column<long>(nullable: false, defaultValue: 0L),
                rejected_payload = table.Column<string>(type: Json, nullable: true),
                rejected_at = table.Column<DateTime>(nullable: true),
                created_at = table.Column<DateTime>(nullable: false),
                updated_at = table.Column<DateTime>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_item_parts_pkey", x => x.id);
                table.CheckConstraint("work_item_parts_status_check", "status IN ('draft', 'validated', 'rejected')");
                table.ForeignKey(
                    name: "work_item_parts_work_item_id_fkey",
                    column: x => x.work_item_id,
                    principalSchema: Schema,
                    principalTable: "work_items",
                    principalColumn: "id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            name: "work_provenances",
            schema: Schema,
            columns: table => new
            {
                id = table.Column<long>(type: Identity, nullable: false)
                    .Annotation("Sqlite:Autoincrement", true),
                order_id = table.Column<Guid>(nullable: true),
                item_id = table.Column<Guid>(nullable: true),
                tenant_id = table.Column<string>(maxLength: 64, nullable: false, defaultValue: ""),
                operation_id = table.Column<Guid>(nullable: true),
                operation = table.Column<string>(maxLength: 40, nullable: false),
                actor_type = table.Column<string>(maxLength: 50, nullable: true),
                actor_id = table.Column<string>(maxLength: 255, nullable: true),
                on_behalf_of = table.Column<string>(maxLength: 255, nullable: true),
                idempotency_key = table.Column<string>(fixedLength: true, maxLength: 64, nullable: true),
                agent_version = table.Column<string>(maxLength: 255, nullable: true),
                agent_name = table.Column<string>(maxLength: 255, nullable: true),
                request_fingerprint = table.Column<string>(maxLength: 64, nullable: true),
                extra = table.Column<string>(type: Json, nullable: true),
                created_at = table.Column<DateTime>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("work_provenances_pkey", x => x.id);
                table.ForeignKey(
                    name: "work_provenances_item_id_fkey",
                    column: x => x.item_id,
                    principalSchema: Schema,
                    principalTable: "work_items",
                    principalColumn: "id");
                table.ForeignKey(
                    name: "work_provenances_order_id_fkey",
                    column: x => x.order_id,
                    principalSchema: Schema,
                    principalTable: "work_orders",
                    principalColumn: "id");
            });

        migrationBuilder.CreateIndex(
            name: "work_decisions_approval_no_hash_unique",
            schema: Schema,
            table: "work_decisions",
            columns: ["order_id", "actor_type", "actor_id"],
            unique: true,
            filter: "decision = 'approve' AND superseded_at IS NULL AND item_id IS NULL AND content_hash IS NULL");

        migrationBuilder.CreateIndex(
            name: "work_decisions_approval_unique",
            schema: Schema,
            table: "work_decisions",
            columns: ["order_id", "content_hash", "actor_type", "actor_id"],
            unique: true,
            filter: "decision = 'approve' AND superseded_at IS NULL AND item_id IS NULL AND content_hash IS NOT NULL");

        migrationBuilder.CreateIndex(
            name: "work_decisions_item_idx",
            schema: Schema,
            table: "work_decisions",
            column: "item_id",
            filter: "item_id IS NOT NULL");

        migrationBuilder.CreateIndex(
            name: "work_decisions_order_idx",
            schema: Schema,
            table: "work_decisions",
            columns: ["order_id", "created_at"]);

        migrationBuilder.CreateIndex(
            name: "work_decisions_unconsumed_idx",
            schema: Schema,
            table: "work_decisions",
            column: "expires_at",
            filter: "decision = 'approve' AND superseded_at IS NULL AND consumed_at IS NULL");

        migrationBuilder.CreateIndex(
            name: "work_events_event_time_idx",
            schema: Schema,
            table: "work_events",
            columns: ["event", "created_at"]);

        migrationBuilder.CreateIndex(
            name: "work_events_item_event_idx",
            schema: Schema,
            table: "work_events",
            columns: ["item_id", "event"]);

        migrationBuilder.CreateIndex(
            name: "work_events_order_event_idx",
            schema: Schema,
            table: "work_events",
            columns: ["order_id", "event"]);

        migrationBuilder.CreateIndex(
            name: "work_events_order_seq_unique",
            schema: Schema,
            table: "work_events",
            columns: ["order_id", "seq"],
            unique: true,
            filter: "seq IS NOT NULL");

        migrationBuilder.CreateIndex(
            name: "work_idem_expires_idx",
            schema: Schema,
            table: "work_idempotency_keys",
            column: "expires_at");

        migrationBuilder.CreateIndex(
            name: "work_idem_scope_hash_unique",
            schema: Schema,
            table: "work_idempotency_keys",
            columns: ["scope", "key_hash"],
            unique: true);

        migrationBuilder.CreateIndex(
            name: "work_item_dependencies_depends_on_idx",
            schema: Schema,
            table: "work_item_dependencies",
            column: "depends_on_id");

        migrationBuilder.CreateIndex(
            name: "work_parts_item_key_idx",
            schema: Schema,
            table: "work_item_parts",
            columns: ["work_item_id", "part_key"]);

        migrationBuilder.CreateIndex(
            name: "work_parts_item_key_no_seq_unique",
            schema: Schema,
            table: "work_item_parts",
            columns: ["work_item_id", "part_key"],
            unique: true,
            filter: "seq IS NULL");

        migrationBuilder.CreateIndex(
            name: "work_parts_item_key_seq_unique",
            schema: Schema,
            table: "work_item_parts",
            columns: ["work_item_id", "part_key", "seq"],
            unique: true);

        migrationBuilder.CreateIndex(
            name: "work_parts_item_status_idx",
            schema: Schema,
            table: "work_item_parts",
            columns: ["work_item_id", "status"]);

        migrationBuilder.CreateIndex(
            name: "work_items_due_idx",
            schema: Schema,
            table: "work_items",
            column: "available_at",
            filter: "state = 'queued' AND ready_at IS NULL AND blocked_by = 0");

        migrationBuilder.CreateIndex(
            name: "work_items_held_by_agent_idx",
            schema: Schema,
            table: "work_items",
            column: "leased_by_agent_id",
            filter: "state IN ('leased', 'in_progress')");

        migrationBuilder.CreateIndex(
            name: "work_items_held_of_type_idx",
            schema: Schema,
            table: "work_items",
            columns: ["tenant_id", "order_type"],
            filter: "state IN ('leased', 'in_progress')");

        migrationBuilder.CreateIndex(
            name: "work_items_lease_expires_at_index",
            schema: Schema,
            table: "work_items",
            column: "lease_expires_at");

        migrationBuilder.CreateIndex(
            name: "work_items_lease_expiry_idx",
            schema: Schema,
            table: "work_items",
            columns: ["state", "lease_expires_at"]);

        migrationBuilder.CreateIndex(
            name: "work_items_order_state_idx",
            schema: Schema,
            table: "work_items",
            columns: ["order_id", "state"]);

        migrationBuilder.CreateIndex(
            name: "work_items_ready_idx",
            schema: Schema,
            table: "work_items",
            columns: ["tenant_id", "priority", "ready_at", "id"],
            descending: [false, true, false, false],
            filter: "ready_at IS NOT NULL AND blocked_by = 0");

        migrationBuilder.CreateIndex(
            name: "work_items_ready_order_idx",
            schema: Schema,
            table: "work_items",
            columns: ["order_id", "ready_at", "id"],
            filter: "ready_at IS NOT NULL");

        migrationBuilder.CreateIndex(
            name: "work_items_ready_type_idx",
            schema: Schema,
            table: "work_items",
            columns: ["order_type", "tenant_id", "priority", "ready_at", "id"],
            descending: [false, false, true, false, false],
            filter: "ready_at IS NOT NULL");

        migrationBuilder.CreateIndex(
            name: "work_items_state_index",
            schema: Schema,
            table: "work_items",
            column: "state");

        migrationBuilder.CreateIndex(
            name: "work_items_type_index",
            schema: Schema,
            table: "work_items",
            column: "type");

        migrationBuilder.CreateIndex(
            name: "work_order_dependencies_depends_on_idx",
            schema: Schema,
            table: "work_order_dependencies",
            column: "depends_on_id");

        migrationBuilder.CreateIndex(
            name: "work_order_dependencies_waiting_idx",
            schema: Schema,
            table: "work_order_dependencies",
            columns: ["id", "depends_on_id"],
            filter: "met_at IS NULL");

        migrationBuilder.CreateIndex(
            name: "work_orders_closed_idx",
            schema: Schema,
            table: "work_orders",
            columns: ["last_transitioned_at", "id"],
            filter: "state IN ('completed', 'rejected', 'dead_lettered')");

        migrationBuilder.CreateIndex(
            name: "work_orders_next_apply_idx",
            schema: Schema,
            table: "work_orders",
            column: "next_apply_at",
            filter: "next_apply_at IS NOT NULL AND state IN ('submitted', 'approved')");

        migrationBuilder.CreateIndex(
            name: "work_orders_parent_idx",
            schema: Schema,
            table: "work_orders",
            column: "parent_order_id",
            filter: "parent_order_id IS NOT NULL");

        migrationBuilder.CreateIndex(
            name: "work_orders_priority_created_idx",
            schema: Schema,
            table: "work_orders",
            columns: ["priority", "created_at"]);

        migrationBuilder.CreateIndex(
            name: "work_orders_requester_idx",
            schema: Schema,
            table: "work_orders",
            columns: ["requested_by_type", "requested_by_id"]);

        migrationBuilder.CreateIndex(
            name: "work_orders_review_idx",
            schema: Schema,
            table: "work_orders",
            columns: ["tenant_id", "due_at", "priority", "submitted_at"],
            descending: [false, false, true, false],
            filter: "state = 'submitted'");

        migrationBuilder.CreateIndex(
            name: "work_orders_state_index",
            schema: Schema,
            table: "work_orders",
            column: "state");

        migrationBuilder.CreateIndex(
            name: "work_orders_state_type_idx",
            schema: Schema,
            table: "work_orders",
            columns: ["state", "type"]);

        migrationBuilder.CreateIndex(
            name: "work_orders_type_index",
            schema: Schema,
            table: "work_orders",
            column: "type");

        migrationBuilder.CreateIndex(
            name: "work_orders_unique_key_unique",
            schema: Schema,
            table: "work_orders",
            columns: ["tenant_id", "type", "unique_key"],
            unique: true,
            filter: "unique_key IS NOT NULL AND state NOT IN ('completed', 'rejected', 'dead_lettered')");

        migrationBuilder.CreateIndex(
            name: "work_prov_idempotency_key_unique",
            schema: Schema,
            table: "work_provenances",
            column: "idempotency_key",
            unique: true);

        migrationBuilder.CreateIndex(
            name: "work_prov_item_idx",
            schema: Schema,
            table: "work_provenances",
            column: "item_id",
            filter: "item_id IS NOT NULL");

        migrationBuilder.CreateIndex(
            name: "work_prov_order_timeline_idx",
            schema: Schema,
            table: "work_provenances",
            columns: ["order_id", "created_at"]);

        if (IsPostgreSql)
        {
            migrationBuilder.Sql(TransactionColumn.AddTo(Qualified("work_events")));
            migrationBuilder.Sql(TransactionColumn.IndexOn(Qualified("work_events")));
        }
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        RefuseWhileThereIsHistory(migrationBuilder);
        migrationBuilder.DropTable("work_decisions", Schema);
        migrationBuilder.DropTable("work_duties", Schema);

        migrationBuilder.DropTable("work_paused_types", Schema);
        migrationBuilder.DropTable("work_events", Schema);
        migrationBuilder.DropTable("work_idempotency_keys", Schema);
        migrationBuilder.DropTable("work_item_dependencies", Schema);
        migrationBuilder.DropTable("work_item_parts", Schema);
        migrationBuilder.DropTable("work_order_dependencies", Schema);
        migrationBuilder.DropTable("work_provenances", Schema);
        migrationBuilder.DropTable("work_items", Schema);
        migrationBuilder.DropTable("work_orders", Schema);
    }
}
