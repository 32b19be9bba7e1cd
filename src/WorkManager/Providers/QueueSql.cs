using System.Data.Common;
using WorkManager.Execution;
using WorkManager.Leasing;

namespace WorkManager.Providers;

/// <summary>
/// Parts of statements on the queue and on leases that both databases share: what <see cref="Auditing.ItemQueue"/> does to rows that were read.
/// </summary>
internal static class QueueSql
{
    /// <summary>Somebody holds the item, even if the lease has run out and was not taken back yet.</summary>
    public const string IsLeased = WorkItem.HeldStates;

    /// <summary>The columns that end a lease. The epoch stays.</summary>
    public const string EndLease =
        "leased_by_agent_id = NULL, lease_expires_at = NULL, last_heartbeat_at = NULL, leased_at = NULL, lease_seconds = NULL, progress = NULL";

    /// <summary>The columns that a submit writes, the result and the revision apart.</summary>
    public const string Submit =
        $"""
        state = 'submitted', error = NULL, submitted_at = @now, submitted_by_type = @actor_type, submitted_by_id = @actor_id, submitted_for = @submitted_for,
            {EndLease}, updated_at = @now
        """;

    /// <summary>Leases that have run out, the longest overdue first.</summary>
    /// <param name="filter">A condition on the items <c>i</c>.</param>
    public static string FindExpired(string filter) =>
        $"""
        SELECT [i.*] FROM [work_items] AS i
        WHERE [i.tenant] AND {IsLeased} AND lease_expires_at <= [instant] AND (lease_expires_at, id) > (@after, @after_id) AND {filter}
        ORDER BY lease_expires_at, id LIMIT @limit
        """;

    /// <summary>Runs <see cref="FindExpired"/>.</summary>
    /// <param name="statements">Its texts.</param>
    /// <param name="rows">The rows of the operation.</param>
    /// <param name="databaseClock">Whether the database's clock decides leases.</param>
    /// <param name="now">The time, if it does not.</param>
    /// <param name="after">The last item that was found before; null for the first.</param>
    /// <param name="limit">How many, at most.</param>
    /// <param name="filter">Which items.</param>
    /// <param name="list">How the database takes a list of order types.</param>
    public static Task<IReadOnlyList<WorkItem>> FindExpiredAsync(
        FilteredStatements statements, WorkRows rows, bool databaseClock, DateTimeOffset now, WorkItem? after, int limit, QueueFilter filter,
        Func<IReadOnlyList<string>, object> list) =>
        statements.For(filter).QueryAsync<WorkItem>(
            rows,
            databaseClock,
            [
                ("now", now.UtcDateTime),
                ("limit", limit),
                ("after", after?.LeaseExpiresAt?.UtcDateTime ?? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc)),
                ("after_id", after?.Id ?? Guid.Empty),
                .. FilteredStatements.Values(filter, list),
            ]);

    /// <summary>How many leases of an agent are live.</summary>
    /// <param name="expires">When a lease runs out, written so that no index on it fits.</param>
    public static string CountLeasesOfAgent(string expires) =>
        $"""
        SELECT count(*) FROM [work_items] AS i
        WHERE leased_by_agent_id = @holder AND (@within IS NULL OR tenant_id = @within) AND {IsLeased} AND {expires} > [instant]
        """;

    /// <summary>How many leases are live in some tenants, by order type.</summary>
    /// <param name="tenants">The list of tenants, as a table <c>t</c> with a column <c>value</c>.</param>
    /// <param name="types">The list of order types; null for all.</param>
    /// <param name="expires">When a lease runs out, written so that no index on it fits.</param>
    public static string CountLeases(string tenants, string? types, string expires) =>
        $"""
        SELECT tenant_id, order_type, count(*) FROM {tenants} CROSS JOIN [work_items] AS i
        WHERE [i.tenant] AND tenant_id = t.value{(types is null ? "" : $" AND order_type IN ({types})")} AND {IsLeased} AND {expires} > [instant]
        GROUP BY tenant_id, order_type
        """;

    /// <summary>Reads a row of <see cref="CountLeases"/>.</summary>
    public static LiveLeases ReadLeases(DbDataReader row) => new(row.GetString(0), row.GetString(1), (int)row.GetInt64(2));

    /// <summary>The order type is paused, for all tenants.</summary>
    public static string IsPaused(string type) => $"EXISTS (SELECT 1 FROM [work_paused_types] AS p WHERE p.order_type = {type})";

    /// <summary>
    /// The tenants that have ready items of some order types, those apart that are paused: one look into an index for each tenant and type.
    /// </summary>
    /// <param name="first">A condition on where to begin.</param>
    /// <param name="isReady">The condition that an item is ready.</param>
    /// <param name="types">The list of types, as a table <c>t</c> with a column <c>value</c>.</param>
    public static string FindTenants(string first, string isReady, string types)
    {
        return $"""
            WITH RECURSIVE walk (tenant, place) AS (
                SELECT {Next(first)}, 1
                UNION ALL
                SELECT {Next("tenant_id > walk.tenant")}, place + 1 FROM walk WHERE tenant IS NOT NULL AND place < @limit
            )
            SELECT tenant FROM walk WHERE tenant IS NOT NULL
            """;

        string Next(string where) =>
            $"""
            (SELECT min((
                    SELECT tenant_id FROM [work_items] WHERE {isReady} AND order_type = t.value AND {where} ORDER BY tenant_id LIMIT 1
                )) FROM {types} WHERE NOT {IsPaused("t.value")})
            """;
    }

    /// <summary>The columns that lease item <c>i</c> to the caller.</summary>
    /// <param name="now">The time that decides leases.</param>
    /// <param name="seconds">How long it lasts.</param>
    /// <param name="expires">When the lease runs out.</param>
    public static string Grant(string now, string seconds, string expires) =>
        $"""
        state = 'leased', ready_at = NULL, leased_by_agent_id = @holder, lease_epoch = i.lease_epoch + 1, lease_seconds = {seconds},
            leased_at = {now}, last_heartbeat_at = {now}, lease_expires_at = {expires}, updated_at = @now, revision = i.revision + 1
        """;

    /// <summary>The caller holds item <c>i</c> by this lease. The item is read by its id.</summary>
    public static string IsHeld(string id, string epoch) =>
        $"""
        i.id = {id} AND [i.tenant] AND i.lease_epoch = {epoch} AND i.leased_by_agent_id = @holder AND i.lease_expires_at > [clock]
            AND {ByKey("i.state")} IN ('leased', 'in_progress')
        """;

    /// <summary>The state of a row that the statement finds by its id. No index on states, and no partial index that a state selects, carries it.</summary>
    /// <remarks>
    /// Both databases prefer such an index to the key if their statistics were taken while no row had the state. Then they read all rows that have it now: once
    /// for the statement, or even once for each id.
    /// </remarks>
    public static string ByKey(string state) => $"{state} || ''";
}
