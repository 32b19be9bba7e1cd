using WorkManager.Auditing;
using WorkManager.Execution;

namespace WorkManager.Providers.PostgreSql;

/// <summary>The part of a statement that records what the statement did, as <see cref="AuditTrail"/> does for rows that were read.</summary>
internal static class EventSql
{
    /// <summary>The payload of events that tell of a lease: its end.</summary>
    public static readonly string LeasePayload = "'{\"lease_expires_at\":' || " + Time("lease_expires_at") + " || '}'";

    private const string Digest =
        "encode(sha256(convert_to(coalesce(e.payload, '') || chr(31) || chr(31) || coalesce(e.message, ''), 'UTF8')), 'hex')";

    private const string ByActor =
        "@actor_type::text AS actor_type, @actor_id::text AS actor_id, @actor_model::text AS actor_model, @on_behalf_of::text AS on_behalf_of";

    private static readonly string ByEngine = $"'{StateNames.ToName(Lifecycle.Engine.Type)}', '{Lifecycle.Engine.Id}', NULL, NULL";

    /// <summary>Inserts events: kind after kind, and each by the ids of items and orders.</summary>
    public static string Insert(params string[] kinds) =>
        $"""
        INSERT INTO [work_events]
            (order_id, item_id, tenant_id, operation_id, event, actor_type, actor_id, actor_model, on_behalf_of, payload, message, lease_epoch,
            content_hash, trace_parent, created_at)
        SELECT e.order_id, e.item_id, e.tenant_id, @operation_id, e.event, e.actor_type, e.actor_id, e.actor_model, e.on_behalf_of, e.payload::json,
            e.message, e.lease_epoch, coalesce(e.digest, {Digest}), @trace_parent::text, @now
        FROM (
            {string.Join("\n    UNION ALL\n    ", kinds.Select((kind, rank) => $"SELECT {rank} AS rank, k.* FROM ({kind}) AS k"))}
        ) AS e
        ORDER BY e.rank, e.item_id, e.order_id
        """;

    /// <summary>A time as JSON, in the form that <c>System.Text.Json</c> writes, but always with six digits behind the second.</summary>
    public static string Time(string time) =>
        $"""
        '"' || to_char({time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00"'
        """;

    /// <summary>An event for each item.</summary>
    /// <param name="name">The name of the event.</param>
    /// <param name="items">Where the items come from, with the columns id, order_id, tenant_id and lease_epoch.</param>
    /// <param name="payload">The payload, as text.</param>
    /// <param name="digest">The digest, where it is known already.</param>
    public static string OfItems(string name, string items, string payload = "NULL", string digest = "NULL") =>
        Select(name, "id", "order_id", "lease_epoch", ByActor, payload, "NULL", digest, items);

    /// <summary>An event for each order.</summary>
    /// <param name="name">The name of the event.</param>
    /// <param name="orders">Where the orders come from, with the columns id and tenant_id.</param>
    /// <param name="payload">The payload, as text.</param>
    public static string OfOrders(string name, string orders, string payload = "NULL") =>
        Select(name, "NULL", "id", "NULL", ByActor, payload, "NULL", "NULL", orders);

    /// <summary>An event for each order that the engine caused by itself.</summary>
    /// <param name="name">The name of the event.</param>
    /// <param name="message">What it says.</param>
    /// <param name="orders">Where the orders come from, with the columns id and tenant_id.</param>
    /// <param name="payload">The payload, as text.</param>
    public static string OfOrdersByEngine(string name, string message, string orders, string payload = "NULL") =>
        Select(name, "NULL", "id", "NULL", ByEngine, payload, $"'{message}'", "NULL", orders);

    /// <summary>What the parameters in these texts stand for.</summary>
    public static (string Name, object? Value)[] Values(UnitOfWork unit) =>
    [
        ("actor_type", StateNames.ToName(unit.Actor.Type)),
        ("actor_id", unit.Actor.Id),
        ("actor_model", unit.Actor.Model),
        ("on_behalf_of", unit.Actor.OnBehalfOf?.ToString()),
        ("operation_id", unit.OperationId),
        ("trace_parent", unit.Audit.TraceParent),
    ];

    private static string Select(
        string name, string itemId, string orderId, string epoch, string actor, string payload, string message, string digest, string from) =>
        $"""
        SELECT {itemId}::uuid AS item_id, {orderId} AS order_id, tenant_id, '{name}' AS event, {actor},
            ({payload})::text AS payload, {message}::text AS message, {epoch}::bigint AS lease_epoch, {digest}::text AS digest
        FROM {from}
        """;
}
