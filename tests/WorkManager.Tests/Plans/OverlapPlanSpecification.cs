using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Previews;

namespace WorkManager.Tests.Plans;

/// <summary>To find orders that change the same rows, a preview reads what was kept of the tenant's own orders in review, and of a limited number of them.</summary>
public abstract class OverlapPlanSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const string Tenant = "acme";

    /// <summary>Rows of a preview, about 2 KB: those of a test, and others.</summary>
    private protected static string Kept(string row) =>
        $$"""{"rows":{"{{row}}":{},{{string.Join(',', Enumerable.Range(0, 40).Select(n => $"\"other:{n}\":{{\"Name\":{{\"before\":\"b\",\"after\":\"a\"}}}}"))}}},"unseen":[]}""";

    [Fact]
    public async Task Neither_closed_orders_nor_previews_of_other_tenants_are_read()
    {
        await using var app = await StartAsync();
        using var sent = new SentCommands(app.Database);
        await using var connection = await app.Database.OpenConnectionAsync();
        await FillAsync(connection, from: 0, to: 5, Tenant, "submitted", "articles:1");
        await FillAsync(connection, from: 1_000, to: 3_000, Tenant, "completed", "articles:1");
        await FillAsync(connection, from: 4_000, to: 6_000, "globex", "submitted", "articles:1");
        foreach (var condition in Conditions)
        {
            await condition.TakeAsync(connection);

            var preview = await PreviewAsync(app, "1");

            preview.OverlappingOrders.Should().HaveCount(5, "{0}", condition);
            await EnsureReadsLittleAsync(connection, sent.LastWith("in_review"), condition);
        }
    }

    [Fact]
    public async Task The_orders_that_were_previewed_last_are_looked_at_and_the_first_hundred_named()
    {
        await using var app = await StartAsync();
        await using var connection = await app.Database.OpenConnectionAsync();
        await FillAsync(connection, from: 0, to: 50, Tenant, "submitted", "articles:2");
        await FillAsync(connection, from: 50, to: 1_050, Tenant, "submitted", "articles:1");

        await PreviewAsync(app, "1");
        var begun = Stopwatch.GetTimestamp();
        var first = await PreviewAsync(app, "1");
        output.WriteLine($"Preview beside 1,050 orders in review: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:N0} ms");
        var second = await PreviewAsync(app, "2");

        first.OverlappingOrders.Select(o => o.OrderId).Should().Equal(Enumerable.Range(950, 100).Reverse().Select(IdOf));
        second.OverlappingOrders.Should().BeEmpty();
    }

    private protected abstract Statistics[] Conditions { get; }

    private protected ITestOutputHelper Output => output;

    /// <summary>Adds orders with one preview each, made one after the other.</summary>
    private protected abstract Task FillAsync(DbConnection connection, int from, int to, string tenant, string state, string row);

    private protected abstract Task EnsureReadsLittleAsync(
        DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) command, Statistics condition);

    private static Guid IdOf(int n) => Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{n:D12}"), CultureInfo.InvariantCulture);

    private static async Task<OrderPreview> PreviewAsync(StockApp app, string article)
    {
        var order = await app.SubmittedAsync<Restocking>(article, tenant: Tenant);
        var preview = await app.By(Actor.User("bert"), Tenant).PreviewAsync(order.Id);
        await app.By(Actor.User("bert"), Tenant).CancelAsync(order.Id);
        return preview;
    }

    private async Task<StockApp> StartAsync()
    {
        var app = await StockApp.StartAsync(databases);
        await app.SeedAsync(new Article { Name = "one" });
        await app.SeedAsync(new Article { Name = "two" });
        app.Script.Apply = async (apply, db, token) =>
            (await db.Articles.SingleAsync(a => a.Id == int.Parse(apply.Items[0].Result.Text, CultureInfo.InvariantCulture), token)).Name += "!";
        return app;
    }
}

public sealed class OverlapPlanOnSqlite(SqliteFixture databases, ITestOutputHelper output) : OverlapPlanSpecification(databases, output), IOnSqlite
{
    private protected override Statistics[] Conditions => Statistics.OnSqlite;

    private protected override Task FillAsync(DbConnection connection, int from, int to, string tenant, string state, string row) => Statistics.ExecuteAsync(connection,
        $"""
        WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to - 1})
        INSERT INTO work_orders (id, tenant_id, type, state, payload, payload_hash, submitted_at, created_at, updated_at)
        SELECT printf('00000000-0000-0000-0000-%012d', i), '{tenant}', 'bulk', '{state}', '{"{}"}', '', '2026-01-01', '2026-01-01', '2026-01-01' FROM n;
        INSERT INTO work_decisions (id, order_id, tenant_id, decision, actor_type, actor_id, order_revision, changes, created_at)
        SELECT id, id, tenant_id, 'preview', 'user', 'bert', 1, '{Kept(row)}', '2026-01-01' FROM work_orders
        WHERE id BETWEEN printf('00000000-0000-0000-0000-%012d', {from}) AND printf('00000000-0000-0000-0000-%012d', {to - 1});
        """);

    private protected override async Task EnsureReadsLittleAsync(
        DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) command, Statistics condition)
    {
        var steps = new List<string>();
        await using var explain = SentCommands.Repeat(connection, "EXPLAIN QUERY PLAN ", command);
        await using var reader = await explain.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            steps.Add(reader.GetString(3));
        }

        Output.WriteLine($"{condition}:\n{string.Join('\n', steps)}");
        var found = steps.Where(step => step.Contains(" o ", StringComparison.Ordinal) || step.Contains(" d ", StringComparison.Ordinal)).ToList();
        found.Should().HaveCount(6).And.AllSatisfy(step => step.Should().MatchRegex(
            @"^SEARCH (o USING INDEX work_orders_(review_idx|state_\w+)|d USING INDEX (work_decisions_order_idx|sqlite_autoindex_work_decisions_1)) "));
    }
}

public sealed class OverlapPlanOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output)
    : OverlapPlanSpecification(databases, output), IOnPostgreSql
{
    private const int MostBuffers = 300;

    private protected override Statistics[] Conditions => Statistics.OnPostgreSql;

    private protected override Task FillAsync(DbConnection connection, int from, int to, string tenant, string state, string row) => Statistics.ExecuteAsync(connection,
        $"""
        ALTER TABLE work_orders SET (autovacuum_enabled = false);
        ALTER TABLE work_decisions SET (autovacuum_enabled = false);
        INSERT INTO work_orders (id, tenant_id, type, state, payload, payload_hash, submitted_at, created_at, updated_at)
        SELECT ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, '{tenant}', 'bulk', '{state}', '{"{}"}', '', now(), now(), now()
        FROM generate_series({from}, {to - 1}) AS i;
        INSERT INTO work_decisions (id, order_id, tenant_id, decision, actor_type, actor_id, order_revision, changes, created_at)
        SELECT id, id, tenant_id, 'preview', 'user', 'bert', 1, '{Kept(row)}', '2026-01-01' FROM work_orders
        WHERE id BETWEEN ('00000000-0000-0000-0000-' || lpad('{from}', 12, '0'))::uuid AND ('00000000-0000-0000-0000-' || lpad('{to - 1}', 12, '0'))::uuid;
        """);

    private protected override async Task EnsureReadsLittleAsync(
        DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) command, Statistics condition)
    {
        var plan = await ExplainedPlan.ExplainAsync(connection, command);
        Output.WriteLine($"{condition}: {ExplainedPlan.Buffers(plan)} buffers, {string.Join(", ", ExplainedPlan.Nodes(plan)
            .Where(n => n["Relation Name"] is not null || n["Index Name"] is not null)
            .Select(n => $"{(string?)n["Node Type"]} {(string?)n["Index Name"] ?? (string?)n["Relation Name"]} {n["Actual Rows"]}×{n["Actual Loops"]}"))}");
        ExplainedPlan.Buffers(plan).Should().BeInRange(1, MostBuffers, "{0}", condition);
    }
}
