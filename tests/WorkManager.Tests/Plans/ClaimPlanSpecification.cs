using System.Data.Common;
using System.Globalization;
using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Plans;

/// <summary>What a claim costs depends neither on the history behind it and the leftovers of closed orders, nor on work of other types in front of it.</summary>
public abstract class ClaimPlanSpecification(DatabaseFixture databases)
{
    private protected const int Types = 50;
    private protected const string TypeIndex = "work_items_ready_type_idx";
    private protected const string OrderIndex = "work_items_ready_order_idx";

    /// <summary>The order types of the application: a claim that names none is of these five.</summary>
    private protected static readonly string[] Own = ["test.echo", "test.batch", "plan.a", "plan.b", "plan.c"];

    /// <summary>Every filter that a claim can have, with the index that carries it.</summary>
    private static readonly (string Name, string Index, Func<Guid, CheckoutRequest> Request)[] Claims =
    [
        ("any", TypeIndex, _ => new CheckoutRequest()),
        ("priority", TypeIndex, _ => new CheckoutRequest { MinPriority = 50 }),
        ("type", TypeIndex, _ => new CheckoutRequest { Type = "test.echo" }),
        ("two types", TypeIndex, _ => new CheckoutRequest { Types = ["plan.a", "test.echo"] }),
        ("order", OrderIndex, order => new CheckoutRequest { OrderId = order }),
        ("order and type", OrderIndex, order => new CheckoutRequest { OrderId = order, Type = "test.echo" }),
    ];

    [Fact]
    public async Task A_claim_reads_its_partial_index_and_sorts_nothing_whatever_lies_behind_it()
    {
        await using var app = await ShopApp.StartAsync(
            databases, b => b.AddOrderType<A>().AddOrderType<B>().AddOrderType<C>(), options => options.Clock = ClockSource.Database);
        using var sent = new SentCommands(app.Database);
        var commands = new List<(string Name, string Index, int Count, (string Text, IReadOnlyList<(string Name, object? Value)> Values) Command)>();
        foreach (var (name, index, request) in Claims)
        {
            foreach (var count in (int[])[1, 10])
            {
                var order = await app.Requester.ProposeAsync(new EchoPayload("claimed"), new() { Priority = 100 });
                (await app.Agent("agent").CheckoutManyAsync(count, request(order.Id))).Should().HaveCount(1);
                commands.Add(($"{name}, {count}", index, count, sent.LastWith("ready_at, id LIMIT")));
            }
        }

        await using var connection = await app.Database.OpenConnectionAsync();
        await FillAsync(connection);

        foreach (var condition in Conditions)
        {
            await condition.TakeAsync(connection);
            foreach (var (name, index, count, command) in commands)
            {
                await CheckPlanAsync(connection, $"{condition}: {name}", command, index, count);
            }
        }
    }

    /// <summary>What the database is told before the plans are looked at.</summary>
    private protected abstract Statistics[] Conditions { get; }

    /// <summary>Fills the database: finished items, leftovers of a rejected order, and items to claim, of many types.</summary>
    private protected abstract Task FillAsync(DbConnection connection);

    /// <summary>Checks the plan of a claim, as the library sends it.</summary>
    private protected abstract Task CheckPlanAsync(
        DbConnection connection, string name, (string Text, IReadOnlyList<(string Name, object? Value)> Values) claim, string index, int count);

    public sealed record Nothing;

    public abstract class Plain : OrderType<Nothing, Nothing>
    {
        protected override Task ApplyAsync(ApplyContext<Nothing, Nothing, Nothing> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [OrderType("plan.a")]
    public sealed class A : Plain;

    [OrderType("plan.b")]
    public sealed class B : Plain;

    [OrderType("plan.c")]
    public sealed class C : Plain;
}

public sealed class ClaimPlanOnSqlite(SqliteFixture databases, ITestOutputHelper output) : ClaimPlanSpecification(databases), IOnSqlite
{
    private protected override Statistics[] Conditions => Statistics.OnSqlite;

    private protected override Task FillAsync(DbConnection connection) => Statistics.ExecuteAsync(connection,
        $"""
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
        INSERT INTO work_orders (id, type, state, payload, payload_hash, created_at, updated_at)
        SELECT printf('00000000-0000-0000-0000-%012d', i), 'bulk.' || (i % {Types}), 'completed', '{"{}"}', '', '2026-01-01', '2026-01-01' FROM n;

        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
        INSERT INTO work_items (id, order_id, order_type, type, state, priority, available_at, blocked_by, ready_at, input, created_at, updated_at)
        SELECT printf('00000000-0000-0001-0000-%012d', i), printf('00000000-0000-0000-0000-%012d', i % 200),
            iif(i % {Types} = 0, 'test.echo', 'bulk.' || (i % {Types})), 'bulk', iif(i < 17000, 'completed', 'queued'), i % 101,
            '2026-01-01', iif(i < 19000, 1, 0), iif(i < 19000, NULL, '2026-01-01 00:00:00.000000'), '{"{}"}', '2026-01-01', '2026-01-01'
        FROM n;

        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
        INSERT INTO work_items (id, order_id, order_type, type, state, priority, available_at, ready_at, input, created_at, updated_at)
        SELECT printf('00000000-0000-0002-0000-%012d', i), printf('00000000-0000-0000-0000-%012d', i % 200),
            iif(i % 20 = 0, (SELECT value FROM json_each('["{string.Join("\",\"", Own)}"]') WHERE key = i / 20 % 5), 'foreign.' || (i % 3)), 'bulk', 'queued',
            iif(i % 20 = 0, i % 99, 100), '2026-01-01', '2026-01-01 00:00:00.000000', '{"{}"}', '2026-01-01', '2026-01-01'
        FROM n;
        """);

    private protected override async Task CheckPlanAsync(
        DbConnection connection, string name, (string Text, IReadOnlyList<(string Name, object? Value)> Values) claim, string index, int count)
    {
        var steps = new List<string>();
        await using var command = SentCommands.Repeat(connection, "EXPLAIN QUERY PLAN ", claim);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            steps.Add(reader.GetString(3));
        }

        output.WriteLine($"{name}: {string.Join(" | ", steps)}");
        steps.Should().Contain(step => step.Contains($"{index} ", StringComparison.Ordinal) || step.EndsWith(index, StringComparison.Ordinal), name);
        steps.Should().NotContain(step => step.Contains("TEMP B-TREE", StringComparison.Ordinal), name);
        // What is merged, and the list of types, are read to the limit.
        steps.Should().NotContain(
            step => step.StartsWith("SCAN", StringComparison.Ordinal) && step != "SCAN n" && step != "SCAN CONSTANT ROW"
                && !step.StartsWith("SCAN json_each", StringComparison.Ordinal) && !step.Contains(index, StringComparison.Ordinal),
            name);
    }
}

public sealed class ClaimPlanOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : ClaimPlanSpecification(databases), IOnPostgreSql
{
    // Of one item, and of ten.
    private static readonly Dictionary<int, int> MostBuffers = new() { [1] = 60, [10] = 120 };

    // 20 is the size that the promise was made for: WORKMANAGER_PLAN_SCALE=20 dotnet test …
    private static readonly int Scale = int.Parse(Environment.GetEnvironmentVariable("WORKMANAGER_PLAN_SCALE") ?? "1", CultureInfo.InvariantCulture);

    private protected override Statistics[] Conditions => Statistics.OnPostgreSql;

    private protected override Task FillAsync(DbConnection connection) => Statistics.ExecuteAsync(connection,
        $"""
        ALTER TABLE work_items SET (autovacuum_enabled = false);
        ALTER TABLE work_orders SET (autovacuum_enabled = false);

        INSERT INTO work_orders (id, type, state, payload, payload_hash, created_at, updated_at)
        SELECT ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, 'bulk.' || (i % {Types}), CASE WHEN i = 0 THEN 'rejected' ELSE 'completed' END,
            '{"{}"}', '', now(), now()
        FROM generate_series(0, 1000) AS i;

        INSERT INTO work_items (id, order_id, order_type, type, state, priority, available_at, ready_at, input, result, created_at, updated_at)
        SELECT gen_random_uuid(), ('00000000-0000-0000-0000-' || lpad((1 + i % 1000)::text, 12, '0'))::uuid,
            CASE WHEN i % {Types} = 0 THEN 'test.echo' ELSE 'bulk.' || (i % {Types}) END, 'bulk', 'completed',
            i % 101, now(), NULL, '{"{}"}', '{"{}"}', now(), now()
        FROM generate_series(1, {50_000 * Scale}) AS i;

        INSERT INTO work_items (id, order_id, order_type, type, state, priority, available_at, blocked_by, input, created_at, updated_at)
        SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000000', CASE WHEN i % {Types} = 0 THEN 'test.echo' ELSE 'bulk.' || (i % {Types}) END, 'bulk',
            'queued', 100, now(), 1, '{"{}"}', now(), now()
        FROM generate_series(1, {10_000 * Scale}) AS i;

        INSERT INTO work_items (id, order_id, order_type, type, state, priority, available_at, ready_at, input, created_at, updated_at)
        SELECT gen_random_uuid(), ('00000000-0000-0000-0000-' || lpad((1 + i % 1000)::text, 12, '0'))::uuid,
            CASE WHEN i % {Types} = 0 THEN 'test.echo' ELSE 'bulk.' || (i % {Types}) END, 'bulk', 'queued',
            i % 101, now(), now() + i * interval '1 ms', '{"{}"}', now(), now()
        FROM generate_series(1, {500 * Scale}) AS i;

        INSERT INTO work_items (id, order_id, order_type, type, state, priority, available_at, ready_at, input, created_at, updated_at)
        SELECT gen_random_uuid(), ('00000000-0000-0000-0000-' || lpad((1 + i % 1000)::text, 12, '0'))::uuid,
            CASE WHEN i % 20 = 0 THEN ('{"{"}{string.Join(",", Own)}{"}"}'::text[])[1 + i / 20 % 5] ELSE 'foreign.' || (i % 3) END, 'bulk', 'queued',
            CASE WHEN i % 20 = 0 THEN i % 99 ELSE 100 END, now(), now() + i * interval '1 ms', '{"{}"}', now(), now()
        FROM generate_series(1, {50_000 * Scale}) AS i;

        INSERT INTO work_items (id, order_id, order_type, type, state, priority, available_at, ready_at, input, created_at, updated_at)
        SELECT gen_random_uuid(), o.id, o.type, 'bulk', 'queued', 0, now(), now(), '{"{}"}', now(), now()
        FROM work_orders AS o, generate_series(1, 10) WHERE o.type = 'test.echo';
        """);

    private protected override async Task CheckPlanAsync(
        DbConnection connection, string name, (string Text, IReadOnlyList<(string Name, object? Value)> Values) claim, string index, int count)
    {
        var plan = await ExplainedPlan.ExplainAsync(connection, claim);
        var pick = ExplainedPlan.Nodes(plan).Single(node => (string?)node["Subplan Name"] == "CTE pick");
        var indexes = ExplainedPlan.Nodes(pick).Select(node => (string?)node["Index Name"]).OfType<string>()
            .Where(i => i is not "work_orders_pkey" and not "work_paused_types_pkey").ToList();
        output.WriteLine($"{name} of {50_000 * Scale:N0} finished, {10_000 * Scale:N0} leftovers, {50_000 * Scale:N0} of other types in front: "
            + $"pick {ExplainedPlan.Buffers(pick)} buffers by {string.Join(", ", indexes)}; the whole statement {ExplainedPlan.Buffers(plan)}, {(int)plan["Actual Rows"]!} rows");
        ((int)plan["Actual Rows"]!).Should().Be(count);
        // The items of one order are found by any index that begins with it: what is sorted then is that order's.
        if (index != OrderIndex || name.StartsWith("fresh", StringComparison.Ordinal))
        {
            indexes.Distinct().Should().Equal(index);
            ExplainedPlan.Nodes(pick).Should().NotContain(node => (string?)node["Node Type"] == "Sort");
        }

        ExplainedPlan.Buffers(pick).Should().BeLessThanOrEqualTo(MostBuffers[count], name);
    }
}
