using static WorkManager.Tests.Persistence.GuideColumn;

namespace WorkManager.Tests.Persistence;

/// <summary>The six tables of the guide, as the guide lists them: what every later version of the schema has to keep.</summary>
/// <remarks>
/// The guide names columns and loose types. Lengths, nullability and defaults are those of the Laravel migration that it documents,
/// but for the creation and update times, which are never null here.
/// </remarks>
internal static class GuideSchema
{
    public static IReadOnlyList<GuideTable> Tables { get; } =
    [
        new("work_orders")
        {
            Columns =
            [
                Uuid("id"), Text("type", 120), Text("state", 20), Short("priority"),
                Text("requested_by_type", 50).Null, Text("requested_by_id", 255).Null,
                Json("payload"), JsonToSearch("meta").Null, Json("acceptance_config").Null,
                Time("applied_at").Null, Time("completed_at").Null, Time("last_transitioned_at").Null,
                Time("created_at"), Time("updated_at"),
            ],
            Defaults = { ["state"] = "queued", ["priority"] = 0 },
            Indexes = ["type", "state", "state, type", "priority, created_at"],
            States =
            {
                ["state"] = ["queued", "checked_out", "in_progress", "submitted", "approved", "applied", "completed", "rejected", "failed", "dead_lettered"],
            },
        },
        new("work_items")
        {
            Columns =
            [
                Uuid("id"), Uuid("order_id"), Text("type", 120), Text("state", 20),
                Short("attempts"), Short("max_attempts"),
                Text("leased_by_agent_id", 255).Null, Time("lease_expires_at").Null, Time("last_heartbeat_at").Null,
                Json("input"), Json("result").Null, Json("assembled_result").Null, Json("parts_required").Null, Json("parts_state").Null, Json("error").Null,
                Time("accepted_at").Null, Time("created_at"), Time("updated_at"),
            ],
            Defaults = { ["state"] = "queued", ["attempts"] = 0, ["max_attempts"] = 3 },
            Indexes = ["type", "state", "lease_expires_at", "order_id, state", "state, lease_expires_at"],
            ForeignKeys = ["order_id -> work_orders CASCADE"],
            States = { ["state"] = ["queued", "leased", "in_progress", "submitted", "accepted", "rejected", "completed", "failed", "dead_lettered"] },
        },
        new("work_item_parts")
        {
            Columns =
            [
                Uuid("id"), Uuid("work_item_id"), Text("part_key", 120), Int("seq").Null, Text("status", 20),
                Json("payload"), Json("evidence").Null, Json("errors").Null, Text("notes").Null,
                Text("checksum", 255).Null, Text("submitted_by_agent_id", 255), Hash("idempotency_key_hash").Null,
                Time("created_at"), Time("updated_at"),
            ],
            Defaults = { ["status"] = "draft" },
            Indexes = ["unique work_item_id, part_key, seq", "work_item_id, status", "work_item_id, part_key"],
            ForeignKeys = ["work_item_id -> work_items CASCADE"],
            States = { ["status"] = ["draft", "validated", "rejected"] },
        },
        new("work_events")
        {
            Columns =
            [
                Counter("id"), Uuid("order_id"), Uuid("item_id").Null, Text("event", 100),
                Text("actor_type", 50).Null, Text("actor_id", 255).Null,
                Json("payload").Null, Json("diff").Null, Text("message").Null, Time("created_at"),
            ],
            Indexes = ["order_id, event", "item_id, event", "event, created_at"],
            ForeignKeys = ["order_id -> work_orders NO ACTION", "item_id -> work_items NO ACTION"],
        },
        new("work_provenances")
        {
            Columns =
            [
                Counter("id"), Uuid("order_id").Null, Uuid("item_id").Null, Hash("idempotency_key").Null,
                Text("agent_version", 255).Null, Text("agent_name", 255).Null, Text("request_fingerprint", 64).Null,
                Json("extra").Null, Time("created_at"),
            ],
            Indexes = ["unique idempotency_key"],
            ForeignKeys = ["order_id -> work_orders NO ACTION", "item_id -> work_items NO ACTION"],
        },
        new("work_idempotency_keys")
        {
            Columns = [Counter("id"), Text("scope", 80), Hash("key_hash"), Json("response_snapshot").Null, Time("created_at")],
            Indexes = ["unique scope, key_hash"],
        },
    ];

    /// <summary>What stands beside the guide's in its tables, and the tables beside the guide's.</summary>
    public static IReadOnlyList<GuideTable> Additions { get; } =
    [
        new("work_orders")
        {
            Columns =
            [
                Text("tenant_id", 64), Int("type_version"), Int("revision"), Int("items_total"), Int("items_open"), Int("items_failed"),
                Hash("payload_hash"), Text("unique_key", 200).Null, Uuid("parent_order_id").Null, Time("due_at").Null, Text("trace_parent", 55).Null,
                Text("requested_for", 255).Null, Time("submitted_at").Null, Int("blocked_by"), Time("held_at").Null, Int("apply_attempts"),
                Time("next_apply_at").Null, Json("error").Null, Text("item_failure", 20), Text("dependency_failure", 20),
            ],
            Defaults =
            {
                ["tenant_id"] = "", ["type_version"] = 1, ["revision"] = 0, ["items_total"] = 0, ["items_open"] = 0, ["items_failed"] = 0,
                ["blocked_by"] = 0, ["apply_attempts"] = 0, ["item_failure"] = "fail_order", ["dependency_failure"] = "fail",
            },
            Indexes =
            [
                "unique tenant_id, type, unique_key where unique_key IS NOT NULL AND state NOT IN 'completed', 'rejected', 'dead_lettered'",
                "tenant_id, due_at, priority desc, submitted_at where state = 'submitted'",
                "last_transitioned_at, id where state IN 'completed', 'rejected', 'dead_lettered'",
                "next_apply_at where next_apply_at IS NOT NULL AND state IN 'submitted', 'approved'",
                "parent_order_id where parent_order_id IS NOT NULL",
            ],
        },
        new("work_items")
        {
            Columns =
            [
                Text("tenant_id", 64), Text("order_type", 120), Int("type_version"), Short("priority"),
                Time("available_at"), Time("ready_at").Null, Int("blocked_by"),
                Long("lease_epoch"), Int("lease_seconds").Null, Int("planned_lease_seconds").Null, Time("leased_at").Null,
                Time("submitted_at").Null, Text("submitted_by_type", 50).Null, Text("submitted_by_id", 255).Null, Text("submitted_for", 255).Null,
                Hash("result_hash").Null, Int("result_version").Null, Short("rework_count"), Short("releases"), Short("progress").Null, Int("revision"),
            ],
            Defaults =
            {
                ["tenant_id"] = "", ["type_version"] = 1, ["priority"] = 0, ["blocked_by"] = 0, ["lease_epoch"] = 0, ["rework_count"] = 0, ["releases"] = 0,
                ["revision"] = 0,
            },
            Indexes =
            [
                "tenant_id, priority desc, ready_at, id where ready_at IS NOT NULL AND blocked_by = 0",
                "order_type, tenant_id, priority desc, ready_at, id where ready_at IS NOT NULL",
                "order_id, ready_at, id where ready_at IS NOT NULL",
                "available_at where state = 'queued' AND ready_at IS NULL AND blocked_by = 0",
                "leased_by_agent_id where state IN 'leased', 'in_progress'",
                "tenant_id, order_type where state IN 'leased', 'in_progress'",
            ],
        },
        new("work_item_parts")
        {
            Columns =
            [
                Long("lease_epoch"), Json("rejected_payload").Null, Time("rejected_at").Null,
                Text("submitted_by_type", 50).Null, Text("submitted_by_id", 255).Null, Text("submitted_for", 255).Null, Int("type_version").Null,
            ],
            Indexes = ["unique work_item_id, part_key where seq IS NULL"],
        },
        new("work_events")
        {
            Columns =
            [
                Text("tenant_id", 64), Long("lease_epoch").Null, Text("actor_model", 255).Null, Text("on_behalf_of", 255).Null, Hash("content_hash").Null,
                Text("trace_parent", 55).Null, Long("seq").Null, Hash("chain_hash").Null, Uuid("operation_id").Null,
            ],
            Defaults = { ["tenant_id"] = "" },
            Indexes = ["unique order_id, seq where seq IS NOT NULL"],
        },
        new("work_provenances")
        {
            Columns =
            [
                Text("operation", 40), Text("actor_type", 50).Null, Text("actor_id", 255).Null, Text("on_behalf_of", 255).Null,
                Text("tenant_id", 64), Uuid("operation_id").Null,
            ],
        },
        new("work_idempotency_keys")
        {
            Columns =
            [
                Hash("request_hash"), Short("status").Null, Json("headers").Null, Uuid("order_id").Null, Time("expires_at"),
                Text("tenant_id", 64), Text("operation", 40), Uuid("item_id").Null, Text("error_code", 80).Null, Short("snapshot_version").Null,
            ],
            Indexes = ["expires_at"],
        },
        new("work_decisions")
        {
            Columns =
            [
                Uuid("id"), Uuid("order_id"), Uuid("item_id").Null, Text("decision", 40), Text("actor_type", 50), Text("actor_id", 255),
                Text("on_behalf_of", 255).Null, Json("roles").Null, Json("reasons").Null, Text("comment").Null, Hash("content_hash").Null,
                Int("order_revision"), Text("tenant_id", 64), Int("item_revision").Null,
                Json("changes").Null, Json("baseline").Null, Text("policy", 120).Null, Bool("self_approval"),
                Time("created_at"), Time("expires_at").Null, Time("consumed_at").Null, Time("superseded_at").Null,
            ],
            Indexes =
            [
                "unique order_id, content_hash, actor_type, actor_id "
                    + "where decision = 'approve' AND superseded_at IS NULL AND item_id IS NULL AND content_hash IS NOT NULL",
                "unique order_id, actor_type, actor_id where decision = 'approve' AND superseded_at IS NULL AND item_id IS NULL AND content_hash IS NULL",
                "expires_at where decision = 'approve' AND superseded_at IS NULL AND consumed_at IS NULL",
                "order_id, created_at",
            ],
            ForeignKeys = ["order_id -> work_orders NO ACTION", "item_id -> work_items NO ACTION"],
        },
        new("work_item_dependencies") { Columns = [Uuid("id"), Uuid("depends_on_id"), Time("met_at").Null] },
        new("work_order_dependencies")
        {
            Columns = [Uuid("id"), Uuid("depends_on_id"), Time("met_at").Null],
            Indexes = ["id, depends_on_id where met_at IS NULL"],
        },
        new("work_duties")
        {
            Columns =
            [
                Text("name", 120), Text("holder", 255).Null, Long("epoch"), Time("expires_at").Null,
                Text("cursor", 255).Null, Time("last_run_at").Null, Json("last_error").Null,
            ],
        },
        new("work_paused_types")
        {
            Columns = [Text("order_type", 120), Text("reason").Null, Text("paused_by_type", 50), Text("paused_by_id", 255), Time("paused_at")],
        },
    ];
}

internal sealed record GuideTable(string Name)
{
    public IReadOnlyList<GuideColumn> Columns { get; init; } = [];

    /// <summary>The value that a row gets when it is inserted without the column.</summary>
    public Dictionary<string, object> Defaults { get; } = [];

    /// <summary>Each as <c>[unique ]column[ desc], … [where filter]</c>, the filter without parentheses.</summary>
    public IReadOnlyList<string> Indexes { get; init; } = [];

    /// <summary>Each as <c>column -&gt; table action</c>; the principal's column is its <c>id</c>.</summary>
    public IReadOnlyList<string> ForeignKeys { get; init; } = [];

    /// <summary>The names that a state column takes, and no others.</summary>
    public Dictionary<string, string[]> States { get; } = [];

    public override string ToString() => Name;
}

internal sealed record GuideColumn(string Name, string Sqlite, string PostgreSql, bool Nullable = false, bool Identity = false)
{
    /// <summary>The same column, of which a row may have none.</summary>
    public GuideColumn Null => this with { Nullable = true };

    public static GuideColumn Uuid(string name) => new(name, "TEXT", "uuid");

    public static GuideColumn Text(string name, int length) => new(name, "TEXT", $"character varying({length})");

    public static GuideColumn Text(string name) => new(name, "TEXT", "text");

    /// <summary>A SHA-256 as hex.</summary>
    public static GuideColumn Hash(string name) => new(name, "TEXT", "character(64)");

    /// <summary>Kept as it was written: <c>jsonb</c> would reorder what is hashed or replayed.</summary>
    public static GuideColumn Json(string name) => new(name, "TEXT", "json");

    public static GuideColumn JsonToSearch(string name) => new(name, "TEXT", "jsonb");

    public static GuideColumn Time(string name) => new(name, "TEXT", "timestamp with time zone");

    public static GuideColumn Short(string name) => new(name, "INTEGER", "smallint");

    public static GuideColumn Int(string name) => new(name, "INTEGER", "integer");

    public static GuideColumn Long(string name) => new(name, "INTEGER", "bigint");

    public static GuideColumn Bool(string name) => new(name, "INTEGER", "boolean");

    /// <summary>A number that the database gives.</summary>
    public static GuideColumn Counter(string name) => new(name, "INTEGER", "bigint", Identity: true);
}
