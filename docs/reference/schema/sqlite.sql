-- The tables of WorkManager for Sqlite, and the record in the migrations history that they are there: for an empty database.
-- Generated from the migrations of the package; `dotnet ef database update` does the same.

CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
);

BEGIN TRANSACTION;
CREATE TABLE "work_duties" (
    "name" TEXT NOT NULL CONSTRAINT "work_duties_pkey" PRIMARY KEY,
    "holder" TEXT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TEXT NULL,
    "cursor" TEXT NULL,
    "last_run_at" TEXT NULL,
    "last_error" TEXT NULL
);

CREATE TABLE "work_paused_types" (
    "order_type" TEXT NOT NULL CONSTRAINT "work_paused_types_pkey" PRIMARY KEY,
    "reason" TEXT NULL,
    "paused_by_type" TEXT NOT NULL,
    "paused_by_id" TEXT NOT NULL,
    "paused_at" TEXT NOT NULL
);

CREATE TABLE "work_idempotency_keys" (
    "id" INTEGER NOT NULL CONSTRAINT "work_idempotency_keys_pkey" PRIMARY KEY AUTOINCREMENT,
    "tenant_id" TEXT NOT NULL DEFAULT '',
    "scope" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "response_snapshot" TEXT NULL,
    "snapshot_version" INTEGER NULL,
    "error_code" TEXT NULL,
    "status" INTEGER NULL,
    "headers" TEXT NULL,
    "order_id" TEXT NULL,
    "item_id" TEXT NULL,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NOT NULL
);

CREATE TABLE "work_orders" (
    "id" TEXT NOT NULL CONSTRAINT "work_orders_pkey" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL DEFAULT '',
    "type" TEXT NOT NULL,
    "type_version" INTEGER NOT NULL DEFAULT 1,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "priority" INTEGER NOT NULL DEFAULT 0,
    "requested_by_type" TEXT NULL,
    "requested_by_id" TEXT NULL,
    "requested_for" TEXT NULL,
    "payload" TEXT NOT NULL,
    "meta" TEXT NULL,
    "acceptance_config" TEXT NULL,
    "submitted_at" TEXT NULL,
    "applied_at" TEXT NULL,
    "completed_at" TEXT NULL,
    "last_transitioned_at" TEXT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "items_total" INTEGER NOT NULL DEFAULT 0,
    "items_open" INTEGER NOT NULL DEFAULT 0,
    "items_failed" INTEGER NOT NULL DEFAULT 0,
    "item_failure" TEXT NOT NULL DEFAULT 'fail_order',
    "dependency_failure" TEXT NOT NULL DEFAULT 'fail',
    "blocked_by" INTEGER NOT NULL DEFAULT 0,
    "held_at" TEXT NULL,
    "apply_attempts" INTEGER NOT NULL DEFAULT 0,
    "next_apply_at" TEXT NULL,
    "error" TEXT NULL,
    "payload_hash" TEXT NOT NULL,
    "unique_key" TEXT NULL,
    "parent_order_id" TEXT NULL,
    "due_at" TEXT NULL,
    "trace_parent" TEXT NULL,
    CONSTRAINT "work_orders_dependency_failure_check" CHECK (dependency_failure IN ('fail', 'wait', 'go_on')),
    CONSTRAINT "work_orders_item_failure_check" CHECK (item_failure IN ('fail_order', 'fail_order_at_once', 'go_on')),
    CONSTRAINT "work_orders_priority_check" CHECK (priority BETWEEN 0 AND 100),
    CONSTRAINT "work_orders_state_check" CHECK (state IN ('queued', 'checked_out', 'in_progress', 'submitted', 'approved', 'applied', 'completed', 'rejected', 'failed', 'dead_lettered'))
);

CREATE TABLE "work_items" (
    "id" TEXT NOT NULL CONSTRAINT "work_items_pkey" PRIMARY KEY,
    "order_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL DEFAULT '',
    "order_type" TEXT NOT NULL,
    "type_version" INTEGER NOT NULL DEFAULT 1,
    "type" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "priority" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL DEFAULT 3,
    "releases" INTEGER NOT NULL DEFAULT 0,
    "leased_by_agent_id" TEXT NULL,
    "lease_expires_at" TEXT NULL,
    "last_heartbeat_at" TEXT NULL,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "lease_seconds" INTEGER NULL,
    "planned_lease_seconds" INTEGER NULL,
    "leased_at" TEXT NULL,
    "available_at" TEXT NOT NULL,
    "ready_at" TEXT NULL,
    "blocked_by" INTEGER NOT NULL DEFAULT 0,
    "input" TEXT NOT NULL,
    "result" TEXT NULL,
    "assembled_result" TEXT NULL,
    "result_hash" TEXT NULL,
    "result_version" INTEGER NULL,
    "rework_count" INTEGER NOT NULL DEFAULT 0,
    "parts_required" TEXT NULL,
    "parts_state" TEXT NULL,
    "error" TEXT NULL,
    "progress" INTEGER NULL,
    "submitted_at" TEXT NULL,
    "submitted_by_type" TEXT NULL,
    "submitted_by_id" TEXT NULL,
    "submitted_for" TEXT NULL,
    "accepted_at" TEXT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "work_items_priority_check" CHECK (priority BETWEEN 0 AND 100),
    CONSTRAINT "work_items_ready_check" CHECK (ready_at IS NULL OR (state = 'queued' AND blocked_by = 0)),
    CONSTRAINT "work_items_state_check" CHECK (state IN ('queued', 'leased', 'in_progress', 'submitted', 'accepted', 'rejected', 'completed', 'failed', 'dead_lettered')),
    CONSTRAINT "work_items_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "work_orders" ("id") ON DELETE CASCADE
);

CREATE TABLE "work_order_dependencies" (
    "id" TEXT NOT NULL,
    "depends_on_id" TEXT NOT NULL,
    "met_at" TEXT NULL,
    CONSTRAINT "work_order_dependencies_pkey" PRIMARY KEY ("id", "depends_on_id"),
    CONSTRAINT "work_order_dependencies_depends_on_id_fkey" FOREIGN KEY ("depends_on_id") REFERENCES "work_orders" ("id"),
    CONSTRAINT "work_order_dependencies_id_fkey" FOREIGN KEY ("id") REFERENCES "work_orders" ("id") ON DELETE CASCADE
);

CREATE TABLE "work_decisions" (
    "id" TEXT NOT NULL CONSTRAINT "work_decisions_pkey" PRIMARY KEY,
    "order_id" TEXT NOT NULL,
    "item_id" TEXT NULL,
    "tenant_id" TEXT NOT NULL DEFAULT '',
    "decision" TEXT NOT NULL,
    "actor_type" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "on_behalf_of" TEXT NULL,
    "roles" TEXT NULL,
    "reasons" TEXT NULL,
    "comment" TEXT NULL,
    "content_hash" TEXT NULL,
    "order_revision" INTEGER NOT NULL,
    "item_revision" INTEGER NULL,
    "changes" TEXT NULL,
    "baseline" TEXT NULL,
    "policy" TEXT NULL,
    "self_approval" INTEGER NOT NULL DEFAULT 0,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NULL,
    "consumed_at" TEXT NULL,
    "superseded_at" TEXT NULL,
    CONSTRAINT "work_decisions_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "work_items" ("id"),
    CONSTRAINT "work_decisions_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "work_orders" ("id")
);

CREATE TABLE "work_events" (
    "id" INTEGER NOT NULL CONSTRAINT "work_events_pkey" PRIMARY KEY AUTOINCREMENT,
    "order_id" TEXT NOT NULL,
    "item_id" TEXT NULL,
    "tenant_id" TEXT NOT NULL DEFAULT '',
    "operation_id" TEXT NULL,
    "event" TEXT NOT NULL,
    "actor_type" TEXT NULL,
    "actor_id" TEXT NULL,
    "on_behalf_of" TEXT NULL,
    "actor_model" TEXT NULL,
    "payload" TEXT NULL,
    "diff" TEXT NULL,
    "message" TEXT NULL,
    "lease_epoch" INTEGER NULL,
    "content_hash" TEXT NULL,
    "trace_parent" TEXT NULL,
    "seq" INTEGER NULL,
    "chain_hash" TEXT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "work_events_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "work_items" ("id"),
    CONSTRAINT "work_events_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "work_orders" ("id")
);

CREATE TABLE "work_item_dependencies" (
    "id" TEXT NOT NULL,
    "depends_on_id" TEXT NOT NULL,
    "met_at" TEXT NULL,
    CONSTRAINT "work_item_dependencies_pkey" PRIMARY KEY ("id", "depends_on_id"),
    CONSTRAINT "work_item_dependencies_depends_on_id_fkey" FOREIGN KEY ("depends_on_id") REFERENCES "work_items" ("id") ON DELETE CASCADE,
    CONSTRAINT "work_item_dependencies_id_fkey" FOREIGN KEY ("id") REFERENCES "work_items" ("id") ON DELETE CASCADE
);

CREATE TABLE "work_item_parts" (
    "id" TEXT NOT NULL CONSTRAINT "work_item_parts_pkey" PRIMARY KEY,
    "work_item_id" TEXT NOT NULL,
    "part_key" TEXT NOT NULL,
    "seq" INTEGER NULL,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "payload" TEXT NOT NULL,
    "evidence" TEXT NULL,
    "errors" TEXT NULL,
    "notes" TEXT NULL,
    "checksum" TEXT NULL,
    "submitted_by_agent_id" TEXT NOT NULL,
    "submitted_by_type" TEXT NULL,
    "submitted_by_id" TEXT NULL,
    "submitted_for" TEXT NULL,
    "type_version" INTEGER NULL,
    "idempotency_key_hash" TEXT NULL,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "rejected_payload" TEXT NULL,
    "rejected_at" TEXT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    CONSTRAINT "work_item_parts_status_check" CHECK (status IN ('draft', 'validated', 'rejected')),
    CONSTRAINT "work_item_parts_work_item_id_fkey" FOREIGN KEY ("work_item_id") REFERENCES "work_items" ("id") ON DELETE CASCADE
);

CREATE TABLE "work_provenances" (
    "id" INTEGER NOT NULL CONSTRAINT "work_provenances_pkey" PRIMARY KEY AUTOINCREMENT,
    "order_id" TEXT NULL,
    "item_id" TEXT NULL,
    "tenant_id" TEXT NOT NULL DEFAULT '',
    "operation_id" TEXT NULL,
    "operation" TEXT NOT NULL,
    "actor_type" TEXT NULL,
    "actor_id" TEXT NULL,
    "on_behalf_of" TEXT NULL,
    "idempotency_key" TEXT NULL,
    "agent_version" TEXT NULL,
    "agent_name" TEXT NULL,
    "request_fingerprint" TEXT NULL,
    "extra" TEXT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "work_provenances_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "work_items" ("id"),
    CONSTRAINT "work_provenances_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "work_orders" ("id")
);

CREATE UNIQUE INDEX "work_decisions_approval_no_hash_unique" ON "work_decisions" ("order_id", "actor_type", "actor_id") WHERE decision = 'approve' AND superseded_at IS NULL AND item_id IS NULL AND content_hash IS NULL;

CREATE UNIQUE INDEX "work_decisions_approval_unique" ON "work_decisions" ("order_id", "content_hash", "actor_type", "actor_id") WHERE decision = 'approve' AND superseded_at IS NULL AND item_id IS NULL AND content_hash IS NOT NULL;

CREATE INDEX "work_decisions_item_idx" ON "work_decisions" ("item_id") WHERE item_id IS NOT NULL;

CREATE INDEX "work_decisions_order_idx" ON "work_decisions" ("order_id", "created_at");

CREATE INDEX "work_decisions_unconsumed_idx" ON "work_decisions" ("expires_at") WHERE decision = 'approve' AND superseded_at IS NULL AND consumed_at IS NULL;

CREATE INDEX "work_events_event_time_idx" ON "work_events" ("event", "created_at");

CREATE INDEX "work_events_item_event_idx" ON "work_events" ("item_id", "event");

CREATE INDEX "work_events_order_event_idx" ON "work_events" ("order_id", "event");

CREATE UNIQUE INDEX "work_events_order_seq_unique" ON "work_events" ("order_id", "seq") WHERE seq IS NOT NULL;

CREATE INDEX "work_idem_expires_idx" ON "work_idempotency_keys" ("expires_at");

CREATE UNIQUE INDEX "work_idem_scope_hash_unique" ON "work_idempotency_keys" ("scope", "key_hash");

CREATE INDEX "work_item_dependencies_depends_on_idx" ON "work_item_dependencies" ("depends_on_id");

CREATE INDEX "work_parts_item_key_idx" ON "work_item_parts" ("work_item_id", "part_key");

CREATE UNIQUE INDEX "work_parts_item_key_no_seq_unique" ON "work_item_parts" ("work_item_id", "part_key") WHERE seq IS NULL;

CREATE UNIQUE INDEX "work_parts_item_key_seq_unique" ON "work_item_parts" ("work_item_id", "part_key", "seq");

CREATE INDEX "work_parts_item_status_idx" ON "work_item_parts" ("work_item_id", "status");

CREATE INDEX "work_items_due_idx" ON "work_items" ("available_at") WHERE state = 'queued' AND ready_at IS NULL AND blocked_by = 0;

CREATE INDEX "work_items_held_by_agent_idx" ON "work_items" ("leased_by_agent_id") WHERE state IN ('leased', 'in_progress');

CREATE INDEX "work_items_held_of_type_idx" ON "work_items" ("tenant_id", "order_type") WHERE state IN ('leased', 'in_progress');

CREATE INDEX "work_items_lease_expires_at_index" ON "work_items" ("lease_expires_at");

CREATE INDEX "work_items_lease_expiry_idx" ON "work_items" ("state", "lease_expires_at");

CREATE INDEX "work_items_order_state_idx" ON "work_items" ("order_id", "state");

CREATE INDEX "work_items_ready_idx" ON "work_items" ("tenant_id", "priority" DESC, "ready_at", "id") WHERE ready_at IS NOT NULL AND blocked_by = 0;

CREATE INDEX "work_items_ready_order_idx" ON "work_items" ("order_id", "ready_at", "id") WHERE ready_at IS NOT NULL;

CREATE INDEX "work_items_ready_type_idx" ON "work_items" ("order_type", "tenant_id", "priority" DESC, "ready_at", "id") WHERE ready_at IS NOT NULL;

CREATE INDEX "work_items_state_index" ON "work_items" ("state");

CREATE INDEX "work_items_type_index" ON "work_items" ("type");

CREATE INDEX "work_order_dependencies_depends_on_idx" ON "work_order_dependencies" ("depends_on_id");

CREATE INDEX "work_order_dependencies_waiting_idx" ON "work_order_dependencies" ("id", "depends_on_id") WHERE met_at IS NULL;

CREATE INDEX "work_orders_closed_idx" ON "work_orders" ("last_transitioned_at", "id") WHERE state IN ('completed', 'rejected', 'dead_lettered');

CREATE INDEX "work_orders_next_apply_idx" ON "work_orders" ("next_apply_at") WHERE next_apply_at IS NOT NULL AND state IN ('submitted', 'approved');

CREATE INDEX "work_orders_parent_idx" ON "work_orders" ("parent_order_id") WHERE parent_order_id IS NOT NULL;

CREATE INDEX "work_orders_priority_created_idx" ON "work_orders" ("priority", "created_at");

CREATE INDEX "work_orders_requester_idx" ON "work_orders" ("requested_by_type", "requested_by_id");

CREATE INDEX "work_orders_review_idx" ON "work_orders" ("tenant_id", "due_at", "priority" DESC, "submitted_at") WHERE state = 'submitted';

CREATE INDEX "work_orders_state_index" ON "work_orders" ("state");

CREATE INDEX "work_orders_state_type_idx" ON "work_orders" ("state", "type");

CREATE INDEX "work_orders_type_index" ON "work_orders" ("type");

CREATE UNIQUE INDEX "work_orders_unique_key_unique" ON "work_orders" ("tenant_id", "type", "unique_key") WHERE unique_key IS NOT NULL AND state NOT IN ('completed', 'rejected', 'dead_lettered');

CREATE UNIQUE INDEX "work_prov_idempotency_key_unique" ON "work_provenances" ("idempotency_key");

CREATE INDEX "work_prov_item_idx" ON "work_provenances" ("item_id") WHERE item_id IS NOT NULL;

CREATE INDEX "work_prov_order_timeline_idx" ON "work_provenances" ("order_id", "created_at");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('00000000000001_WorkManager_Initial', '10.0.15');

COMMIT;

BEGIN TRANSACTION;
CREATE TABLE "customers" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_customers" PRIMARY KEY,
    "Name" TEXT NOT NULL
);

CREATE TABLE "invoices" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_invoices" PRIMARY KEY,
    "CustomerId" INTEGER NOT NULL,
    "OrderId" TEXT NULL,
    CONSTRAINT "FK_invoices_customers_CustomerId" FOREIGN KEY ("CustomerId") REFERENCES "customers" ("Id"),
    CONSTRAINT "FK_invoices_work_orders_OrderId" FOREIGN KEY ("OrderId") REFERENCES "work_orders" ("id")
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20260101000000_First', '10.0.15');

COMMIT;
