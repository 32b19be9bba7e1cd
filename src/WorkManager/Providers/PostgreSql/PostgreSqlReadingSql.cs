using WorkManager.Execution;
using WorkManager.Reading;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Reading on PostgreSQL, where an event with a low id may be committed after one with a higher id.</summary>
internal sealed class PostgreSqlReadingSql : IReadingSql
{
    // What a transaction wrote itself is in no snapshot.
    private const string Own = "e.tx IS NOT DISTINCT FROM pg_current_xact_id_if_assigned()";

    private static readonly Statement Snapshot = new("SELECT CAST(pg_current_snapshot() AS text)");

    private static readonly Statement EventsOfOrder = List("order_id", "TRUE");
    private static readonly Statement EventsOfItem = List("item_id", "TRUE");
    private static readonly Statement LaterEventsOfOrder = List("order_id", $"NOT ({Own} OR {IsIn("@since")})");
    private static readonly Statement LaterEventsOfItem = List("item_id", $"NOT ({Own} OR {IsIn("@since")})");
    private static readonly Statement NewsOfOrder = News("order_id");
    private static readonly Statement NewsOfItem = News("item_id");

    public async Task<string?> ReadSnapshotAsync(WorkRows rows) => (await Snapshot.ValuesAsync<string>(rows.Db).ConfigureAwait(false))[0];

    public Task<IReadOnlyList<WorkEvent>> ListEventsAsync(
        WorkRows rows, EventOwner owner, EventPosition after, int limit, CancellationToken cancellationToken)
    {
        var first = owner.IsItem ? EventsOfItem : EventsOfOrder;
        var later = owner.IsItem ? LaterEventsOfItem : LaterEventsOfOrder;
        return (after.Since is null ? first : later).QueryAsync<WorkEvent>(
            rows, databaseClock: true,
            ("owner", owner.Id), ("until", after.Until), ("since", after.Since), ("after", after.Id), ("limit", limit));
    }

    public async Task<string?> FindNewsAsync(WorkRows rows, EventOwner owner, string until) =>
        (await (owner.IsItem ? NewsOfItem : NewsOfOrder).ValuesAsync<string>(rows, ("owner", owner.Id), ("until", until)).ConfigureAwait(false))
        .SingleOrDefault();

    private static Statement List(string owner, string condition) => new(
        $"""
        SELECT [e.*] FROM [work_events] AS e
        WHERE e.{owner} = @owner AND [e.tenant] AND e.id > @after AND ({Own} OR {IsIn("@until")}) AND {condition}
        ORDER BY e.id LIMIT @limit
        """);

    private static Statement News(string owner) => new(
        $"""
        SELECT CAST(pg_current_snapshot() AS text)
        WHERE EXISTS (SELECT FROM [work_events] AS e WHERE e.{owner} = @owner AND [e.tenant] AND NOT ({Own} OR {IsIn("@until")}))
        """);

    private static string IsIn(string snapshot) => $"pg_visible_in_snapshot(e.tx, CAST({snapshot} AS pg_snapshot))";
}
