using System.Data.Common;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Dependencies;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Plans;

/// <summary>
/// Rows that a call names by their ids are read by their keys. Statistics that were taken while nothing was held, or nothing was queued, do not make a
/// database read all that is held or queued.
/// </summary>
public abstract partial class KeyPlanSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    // A claim names no rows; what belongs to an order is read by the order, and what waits by that for which it waits.
    private static readonly string[] Others =
    [
        "work_items_ready_type_idx", "work_items_ready_order_idx", "work_items_order_state_idx", "work_orders_unique_key_unique",
        "work_decisions_order_idx", "work_item_dependencies_depends_on_idx", "work_order_dependencies_depends_on_idx", "work_order_dependencies_waiting_idx",
    ];

    [Fact]
    public async Task Rows_that_are_named_are_read_by_their_keys_whatever_the_statistics_say()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<LenientGraph>(), Configure);
        using var sent = new SentCommands(app.Database);
        await WorkAsync(app);
        var commands = sent.All.Select(c => (Text: c.Text.Replace("\r", "", StringComparison.Ordinal), c.Values))
            .SelectMany(c => c.Text.Split(";\n", StringSplitOptions.RemoveEmptyEntries).Select(text => (Text: text, c.Values)))
            .Where(c => WorkTable().IsMatch(c.Text) && !c.Text.StartsWith("INSERT", StringComparison.Ordinal) && !IsSearch(c.Text))
            .DistinctBy(c => c.Text).ToList();
        commands.Should().HaveCountGreaterThan(5);

        await using var connection = await app.Database.OpenConnectionAsync();
        await Statistics.ExecuteAsync(connection, Finished);
        var wrong = new List<string>();
        foreach (var condition in Conditions)
        {
            await condition.TakeAsync(connection);
            foreach (var command in commands)
            {
                foreach (var step in (await WaysInAsync(connection, command)).Where(step => !IsByKey(step)))
                {
                    wrong.Add($"{condition}: {step}\n{command.Text}");
                }
            }
        }

        output.WriteLine(string.Join("\n\n", wrong));
        wrong.Should().BeEmpty();
    }

    /// <summary>What the database is told before the plans are looked at.</summary>
    private protected abstract Statistics[] Conditions { get; }

    /// <summary>Fills the database with finished work, so that it is worth to use an index.</summary>
    private protected abstract string Finished { get; }

    private protected virtual void Configure(WorkManagerOptions options)
    {
    }

    /// <summary>How a statement comes to the rows of orders and items: names of indexes, or a scan.</summary>
    private protected abstract Task<IReadOnlyList<string>> WaysInAsync(
        DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) command);

    /// <summary>Everything that names leases: many at once, and one alone.</summary>
    private static async Task WorkAsync(ShopApp app)
    {
        var agent = app.Agent("agent");
        foreach (var count in (int[])[3, 1])
        {
            await app.Requester.ProposeAsync(Batches.Payload(count));
            await app.Requester.ProposeAsync(Batches.Payload(count));
            var leases = (await agent.CheckoutManyAsync(2 * count)).ToList();
            leases.Should().HaveCount(2 * count);
            await agent.HeartbeatManyAsync([.. leases.Select(l => l.Token)]);
            await agent.ReleaseManyAsync([.. leases.Select(l => l.Token).Take(count)]);
            leases = [.. leases.Skip(count), .. await agent.CheckoutManyAsync(count)];
            await agent.SubmitManyAsync([.. leases.Take(count).Select(l => new Submission<BatchResult>(l, new BatchResult("", true, -1)))]);
            await agent.SubmitManyAsync([.. leases.Take(count).Select(l => new Submission<BatchResult>(l, new BatchResult(l.Input<Batch>().Id, true, 1)))]);
            app.Time.Advance(TimeSpan.FromHours(1));
            await ExpireAsync(app);
            (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(count);
            leases = [.. await agent.CheckoutManyAsync(count)];
            await agent.SubmitManyAsync([.. leases.Select(l => new Submission<BatchResult>(l, new BatchResult(l.Input<Batch>().Id, true, 1)))]);
            var held = await app.Requester.ProposeAsync(Batches.Payload(count));
            await agent.CheckoutManyAsync(count);
            await app.Reviewer.HoldAsync(held.Id);
            await app.Reviewer.ResumeAsync(held.Id);
            await app.Reviewer.SetPriorityAsync(held.Id, 7);
            await app.Requester.CancelAsync(held.Id, "No longer needed.");
            var keyed = new ProposeOptions { UniqueKey = "key", IfOpen = OpenOrder.RaisePriority, Priority = count };
            var open = await app.Requester.ProposeAsync(Batches.Payload(count), keyed);
            await app.Requester.ProposeAsync(Batches.Payload(count), keyed with { Priority = 9 });
            var failure = new WorkFailure("broken", "It is.") { Retryable = false };
            await agent.FailManyAsync([.. (await agent.CheckoutManyAsync(count)).Select(l => new FailedAttempt(l, failure))]);
            await app.Reviewer.RetryAsync(open.Id);
            await app.Requester.CancelAsync(open.Id);
            await WorkInOrderAsync(app, failure);
        }
    }

    /// <summary>Everything that frees items which come after others, and lets them wait again.</summary>
    private static async Task WorkInOrderAsync(ShopApp app, WorkFailure failure)
    {
        var order = await app.ProposeAsync<LenientGraph>(Graphs.Of("a", "b", "c:a,b"));
        var leases = await app.LeaseAllAsync(order.Id);
        await app.Agent("agent-1").FailAsync(leases["a"], failure);
        await app.Reviewer.RetryAsync(order.Id, [leases["a"].Item.Id]);
        await app.SubmitAsync(leases["b"]);
        await app.DrainAsync(order.Id);
        await app.Reviewer.ReturnForReworkAsync(order.Id, [new("again", "Once more.")]);
        await app.DrainAsync(order.Id);
        var after = await app.ProposeAsync<LenientGraph>(Graphs.Of("a"), order.Id);
        await app.Reviewer.ApproveAsync(order.Id);
        await app.Requester.CancelAsync(after.Id);
    }

    private static async Task ExpireAsync(ShopApp app)
    {
        await using var connection = await app.Database.OpenConnectionAsync();
        await Statistics.ExecuteAsync(connection, "UPDATE work_items SET lease_expires_at = '2026-01-01' WHERE lease_expires_at IS NOT NULL");
    }

    private static bool IsSearch(string text) =>
        text.Contains("ORDER BY lease_expires_at", StringComparison.Ordinal) || text.Contains("AND available_at <=", StringComparison.Ordinal)
        || (text.Contains("ready_at, id LIMIT", StringComparison.Ordinal) && !text.Contains("UPDATE", StringComparison.Ordinal));

    private static bool IsByKey(string step) =>
        step.Contains("pkey", StringComparison.Ordinal) || step.Contains("sqlite_autoindex_", StringComparison.Ordinal)
        || Array.Exists(Others, index => step.Contains($"{index} ", StringComparison.Ordinal) || step.EndsWith(index, StringComparison.Ordinal));

    [GeneratedRegex("(FROM|JOIN|UPDATE) \"?work_(orders|items)")]
    private static partial Regex WorkTable();
}

public sealed class KeyPlanOnSqlite(SqliteFixture databases, ITestOutputHelper output) : KeyPlanSpecification(databases, output), IOnSqlite
{
    private protected override Statistics[] Conditions => Statistics.OnSqlite;

    private protected override string Finished =>
        """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
        INSERT INTO work_orders (id, type, state, payload, payload_hash, created_at, updated_at)
        SELECT printf('00000000-0000-0000-0000-%012d', i), 'bulk', 'completed', '{}', '', '2026-01-01', '2026-01-01' FROM n;
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
        INSERT INTO work_items (id, order_id, order_type, type, state, available_at, input, created_at, updated_at)
        SELECT printf('00000000-0000-0001-0000-%012d', i), printf('00000000-0000-0000-0000-%012d', i % 2000), 'bulk', 'bulk', 'completed',
            '2026-01-01', '{}', '2026-01-01', '2026-01-01'
        FROM n;
        INSERT INTO work_decisions (id, order_id, decision, actor_type, actor_id, order_revision, created_at)
        SELECT id, id, 'approve', 'user', 'bert', 1, '2026-01-01' FROM work_orders WHERE type = 'bulk';
        INSERT INTO work_item_dependencies (id, depends_on_id, met_at)
        SELECT id, last, '2026-01-01' FROM (SELECT id, lag(id) OVER (ORDER BY id) AS last FROM work_items WHERE order_type = 'bulk') WHERE last IS NOT NULL;
        INSERT INTO work_order_dependencies (id, depends_on_id, met_at)
        SELECT id, last, '2026-01-01' FROM (SELECT id, lag(id) OVER (ORDER BY id) AS last FROM work_orders WHERE type = 'bulk') WHERE last IS NOT NULL;
        """;

    private protected override async Task<IReadOnlyList<string>> WaysInAsync(
        DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) command)
    {
        var steps = new List<string>();
        await using var explain = SentCommands.Repeat(connection, "EXPLAIN QUERY PLAN ", command);
        await using var reader = await explain.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            steps.Add(reader.GetString(3));
        }

        return [.. steps.Where(step => step.Contains(" USING ", StringComparison.Ordinal) || Table().IsMatch(step))];
    }

    private static Regex Table() => new("^SCAN (work_|[iow] ?)");
}

public sealed class KeyPlanOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : KeyPlanSpecification(databases, output), IOnPostgreSql
{
    private protected override Statistics[] Conditions => Statistics.OnPostgreSql;

    private protected override string Finished =>
        """
        ALTER TABLE work_orders SET (autovacuum_enabled = false);
        ALTER TABLE work_items SET (autovacuum_enabled = false);
        INSERT INTO work_orders (id, type, state, payload, payload_hash, created_at, updated_at)
        SELECT ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, 'bulk', 'completed', '{}', '', now(), now() FROM generate_series(0, 1999) AS i;
        INSERT INTO work_items (id, order_id, order_type, type, state, available_at, input, created_at, updated_at)
        SELECT gen_random_uuid(), ('00000000-0000-0000-0000-' || lpad((i % 2000)::text, 12, '0'))::uuid, 'bulk', 'bulk', 'completed', now(), '{}', now(), now()
        FROM generate_series(0, 19999) AS i;
        INSERT INTO work_decisions (id, order_id, decision, actor_type, actor_id, order_revision, created_at)
        SELECT id, id, 'approve', 'user', 'bert', 1, now() FROM work_orders WHERE type = 'bulk';
        INSERT INTO work_item_dependencies (id, depends_on_id, met_at)
        SELECT id, last, now() FROM (SELECT id, lag(id) OVER (ORDER BY id) AS last FROM work_items WHERE order_type = 'bulk') AS i WHERE last IS NOT NULL;
        INSERT INTO work_order_dependencies (id, depends_on_id, met_at)
        SELECT id, last, now() FROM (SELECT id, lag(id) OVER (ORDER BY id) AS last FROM work_orders WHERE type = 'bulk') AS o WHERE last IS NOT NULL;
        """;

    private protected override void Configure(WorkManagerOptions options) => options.Clock = ClockSource.Database;

    private protected override async Task<IReadOnlyList<string>> WaysInAsync(
        DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) command)
    {
        await using var explain = SentCommands.Repeat(connection, "EXPLAIN (FORMAT JSON) ", command);
        var plan = JsonNode.Parse((string)(await explain.ExecuteScalarAsync())!)![0]!["Plan"]!;
        return
        [
            .. from node in ExplainedPlan.Nodes(plan)
               let index = (string?)node["Index Name"]
               let table = (string?)node["Relation Name"]
               // It has a few rows at most: to read them all is as good as its key.
               where table != "work_paused_types" && (index is not null || ((string?)node["Node Type"] == "Seq Scan" && table is not null))
               select index ?? $"Seq Scan of {table}",
        ];
    }
}
