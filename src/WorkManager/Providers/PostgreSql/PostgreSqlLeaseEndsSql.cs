using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Leasing;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Ends of leases on PostgreSQL: one statement, whatever the number of items and orders.</summary>
internal sealed class PostgreSqlLeaseEndsSql : ILeaseEndsSql
{
    // Arrays of numbers have no nulls.
    private const long ByBackoff = -1;
    private const int NotCounted = -1;

    private static readonly ArrayStatements Failures = StatementsFor(new(
        "ids, epochs, errors, pauses, jitters", "id, epoch, error, pause, jitter",
        Spent: "1",
        Counted: "0",
        Error: "h.error::json",
        At:
        """
        t.now + CASE WHEN h.pause >= 0 THEN h.pause * interval '1 microsecond'
            ELSE ((@backoffs)[LEAST(h.attempts, cardinality(@backoffs))] + h.jitter) * interval '1 millisecond' END
        """,
        WorkEventNames.AttemptFailed,
        Said: "h.error AS error_text",
        Payload: $$"""'{"attempts":' || attempts || ',"error":' || error_text || ',"available_at":' || {{EventSql.Time("available_at")}} || '}'"""));

    private static readonly ArrayStatements Releases = StatementsFor(new(
        "ids, epochs, times, reasons, limits", "id, epoch, not_before, reason, most",
        Spent: $"(g.most <> {NotCounted} AND i.releases + 1 > g.most)::int",
        Counted: $"(g.most <> {NotCounted})::int",
        Error: "i.error",
        At: "GREATEST(h.not_before, t.now)",
        WorkEventNames.Released,
        Said: "h.reason, h.spent",
        Payload:
        $$"""
        NULLIF('{' || concat_ws(',', '"reason":' || reason, CASE WHEN spent = 1 THEN '"attempts":' || attempts END,
            CASE WHEN ready_at IS NULL AND blocked_by = 0 THEN '"available_at":' || {{EventSql.Time("available_at")}} END) || '}', '{}')
        """));

    public Task<IReadOnlyList<WorkItem>> FailAsync(
        UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, CheckedFailure Failure)> failures, RetryOptions retry, bool waits) =>
        Failures.For(failures.Count, waits).QueryAsync<WorkItem>(
            unit, QueryTrackingBehavior.NoTracking,
            [
                .. Leases(unit, failures.Select(f => f.Lease)),
                ("errors", failures.Select(f => f.Failure.Error.ToJsonString(JsonSerializerOptions.Web)).ToArray()),
                ("pauses", failures.Select(f => f.Failure.Pause is { } pause ? (long)pause.TotalMicroseconds : ByBackoff).ToArray()),
                ("jitters", failures.Select(_ => (long)retry.NextJitter().TotalMilliseconds).ToArray()),
                ("backoffs", retry.Backoffs().Select(wait => (long)wait.TotalMilliseconds).ToArray()),
                .. EventSql.Values(unit),
            ]);

    public Task<IReadOnlyList<WorkItem>> ReleaseAsync(
        UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, ReleaseOptions Options)> releases, int most, bool waits) =>
        Releases.For(releases.Count, waits).QueryAsync<WorkItem>(
            unit, QueryTrackingBehavior.NoTracking,
            [
                .. Leases(unit, releases.Select(r => r.Lease)),
                ("times", releases.Select(r => r.Options.NotBefore?.UtcDateTime ?? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc)).ToArray()),
                ("reasons", releases.Select(r => r.Options.Reason is { } why ? JsonSerializer.Serialize(why, JsonSerializerOptions.Web) : null).ToArray()),
                ("limits", releases.Select(r => r.Options.IsDraining ? NotCounted : most).ToArray()),
                .. EventSql.Values(unit),
            ]);

    private static (string Name, object? Value)[] Leases(UnitOfWork unit, IEnumerable<LeaseToken> leases) =>
        [("ids", leases.Select(l => l.ItemId).ToArray()), ("epochs", leases.Select(l => l.Epoch).ToArray()), ("holder", unit.Actor.LeaseHolder)];

    private static ArrayStatements StatementsFor(LeaseEnd end) => new(
        one: (rows, @lock) => PutBack(end, rows, @lock, OrderLocks.OfOne),
        many: (rows, @lock) => PutBack(end, rows, @lock, OrderLocks.OfMany));

    // The clock is read after the locks. In the rows that the statement sees, the items are held still: whether others of the order are, is asked without them.
    private static Statement PutBack(LeaseEnd end, Func<string, string> rows, string @lock, string lockOrders) => new(
        $"""
        {lockOrders}
        WITH given AS MATERIALIZED (
            SELECT * FROM {rows(end.Arrays)} AS g ({end.Columns})
        ), locked AS MATERIALIZED (
            {OrderLocks.LiveOrders}
        ), held AS MATERIALIZED (
            SELECT g.*, i.attempts + {end.Spent} AS attempts, {end.Spent} AS spent, {end.Counted} AS counted,
                {end.Spent} = 1 AND i.attempts + 1 >= i.max_attempts AS fails
            FROM given AS g JOIN [work_items] AS i ON {QueueSql.IsHeld("g.id", "g.epoch")} JOIN locked AS l ON l.id = i.order_id
            ORDER BY i.id {@lock}
        ), timed AS (
            SELECT h.*, t.now, {end.At} AS due
            FROM held AS h CROSS JOIN LATERAL (SELECT [clock] AS now WHERE h.id IS NOT NULL OFFSET 0) AS t
            WHERE NOT EXISTS (SELECT 1 FROM held WHERE fails)
        ), ended AS (
            UPDATE [work_items] AS i
            SET state = 'queued', attempts = h.attempts, releases = i.releases + h.counted, error = {end.Error}, available_at = h.due,
                ready_at = CASE WHEN i.blocked_by = 0 AND h.due <= h.now THEN h.now END, {QueueSql.EndLease}, updated_at = @now, revision = i.revision + 1
            FROM timed AS h
            WHERE i.id = h.id
            RETURNING i.*, {end.Said}
        ), moved AS (
            UPDATE [work_orders] AS o
            SET updated_at = @now, revision = o.revision + 1, state = CASE WHEN s.is_idle THEN 'queued' ELSE o.state END,
                last_transitioned_at = CASE WHEN s.is_idle THEN @now ELSE o.last_transitioned_at END
            FROM (
                SELECT l.id, l.state <> 'queued' AND NOT EXISTS (
                    SELECT 1 FROM [work_items] AS i
                    WHERE i.order_id = l.id AND i.leased_by_agent_id IS NOT NULL AND i.id NOT IN (SELECT id FROM ended) OFFSET 0
                ) AS is_idle
                FROM locked AS l WHERE l.id IN (SELECT order_id FROM ended)
            ) AS s
            WHERE o.id = s.id
            RETURNING o.id, o.tenant_id, s.is_idle
        ), events AS (
            {EventSql.Insert(
                EventSql.OfItems(end.Event, "ended", end.Payload),
                EventSql.OfOrdersByEngine(WorkEventNames.Requeued, Lifecycle.NobodyWorks, "moved WHERE is_idle"))}
        )
        SELECT [i.*] FROM ended AS i
        """);

    /// <summary>What the ends of leases differ in.</summary>
    /// <param name="Arrays">The arrays that come with a call.</param>
    /// <param name="Columns">What their values <c>g</c> are called.</param>
    /// <param name="Spent">How many attempts of an item <c>i</c> it costs, 0 or 1.</param>
    /// <param name="Counted">Whether it counts as given back, 0 or 1.</param>
    /// <param name="Error">The error of an item <c>i</c> from then on.</param>
    /// <param name="At">When it can be claimed, given <c>h</c> and the time <c>t.now</c>.</param>
    /// <param name="Event">The name of the event.</param>
    /// <param name="Said">The columns that the payload needs beside those of the item.</param>
    /// <param name="Payload">The payload of the event.</param>
    private sealed record LeaseEnd(
        string Arrays, string Columns, string Spent, string Counted, string Error, string At, string Event, string Said, string Payload);
}
