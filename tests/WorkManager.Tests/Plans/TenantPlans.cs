using System.Data.Common;
using System.Globalization;
using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Plans;

/// <summary>
/// What a claim costs on PostgreSQL depends neither on the number of tenants and the length of their queues, nor on tenants with work of other types only.
/// </summary>
public sealed class TenantPlans(PostgreSqlFixture databases, ITestOutputHelper output) : IClassFixture<PostgreSqlFixture>
{
    private const int MostBuffersPerItem = 60;
    private const int Types = 5;
    private const int ForeignTenants = 1_000;
    private const string One = "tenant-000050";

    // The promise was made for 1,000,000 items of 1,000 tenants: WORKMANAGER_PLAN_ITEMS=1000000 WORKMANAGER_PLAN_TENANTS=1000
    private static readonly int Items = Number("WORKMANAGER_PLAN_ITEMS", 10_000);
    private static readonly int Tenants = Number("WORKMANAGER_PLAN_TENANTS", 100);

    [Fact]
    public async Task A_claim_reads_a_few_buffers_for_each_item_however_many_tenants_there_are()
    {
        await using var app = await ShopApp.StartAsync(databases, null, options => options.Clock = ClockSource.Database);
        var claims = await ClaimsAsync(app);
        await using var connection = await app.Database.OpenConnectionAsync();
        await FillAsync(connection);
        foreach (var condition in Statistics.OnPostgreSql)
        {
            await condition.TakeAsync(connection);
            foreach (var (name, count, commands) in claims)
            {
                var buffers = 0;
                foreach (var command in commands)
                {
                    buffers += await ExplainedPlan.BuffersAsync(connection, command);
                }

                output.WriteLine($"{Items:N0} items of {Tenants:N0} tenants, {condition}: {name}: {buffers} buffers");
                buffers.Should().BeLessThanOrEqualTo(MostBuffersPerItem * count, "{0}: {1}", condition, name);
            }
        }
    }

    /// <summary>The commands of each kind of claim, as the library sends them.</summary>
    private static async Task<List<(string Name, int Count, (string Text, IReadOnlyList<(string Name, object? Value)> Values)[] Commands)>> ClaimsAsync(
        ShopApp app)
    {
        var factory = app.Services.GetRequiredService<IWorkOrderManagerFactory>();
        using var sent = new SentCommands(app.Database);
        var claims = new List<(string, int, (string, IReadOnlyList<(string, object?)>)[])>();
        foreach (var (type, count) in from type in (string?[])[null, "test.echo"] from count in (int[])[1, 50] select (type, count))
        {
            foreach (var isForAll in (bool[])[false, true])
            {
                var agent = isForAll ? factory.CreateForAllTenants(Actor.Agent("agent")) : factory.Create(Actor.Agent("agent"), One);
                await factory.Create(Actor.User("requester"), One).ProposeAsync(new EchoPayload("claimed"));
                (await agent.CheckoutManyAsync(count, new CheckoutRequest { Type = type })).Should().HaveCount(1);
                claims.Add((
                    $"{count} of {(isForAll ? "all tenants" : "a tenant")}{(type is null ? "" : ", of a type")}",
                    count,
                    isForAll ? [sent.LastWith("tenant_id > @after"), sent.LastWith("CROSS JOIN LATERAL")] : [sent.LastWith("WITH pick")]));
            }
        }

        return claims;
    }

    private static Task FillAsync(DbConnection connection) => Statistics.ExecuteAsync(connection,
        $"""
        ALTER TABLE work_items SET (autovacuum_enabled = false);
        ALTER TABLE work_orders SET (autovacuum_enabled = false);

        INSERT INTO work_orders (id, tenant_id, type, state, payload, payload_hash, created_at, updated_at)
        SELECT ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, 'tenant-' || lpad(i::text, 6, '0'), 'test.echo', 'queued',
            '{"{}"}', '', now(), now()
        FROM generate_series(1, {Tenants}) AS i;

        INSERT INTO work_items (id, tenant_id, order_id, order_type, type, state, priority, available_at, ready_at, input, created_at, updated_at)
        SELECT gen_random_uuid(), 'tenant-' || lpad((1 + i % {Tenants})::text, 6, '0'),
            ('00000000-0000-0000-0000-' || lpad((1 + i % {Tenants})::text, 12, '0'))::uuid,
            CASE WHEN i / {Tenants} % {Types} = 0 THEN 'test.echo' ELSE 'bulk.' || (i / {Tenants} % {Types}) END, 'bulk', 'queued',
            i / {Tenants} % 101, now(), now() + i * interval '1 ms', '{"{}"}', now(), now()
        FROM generate_series(1, {Items}) AS i;

        INSERT INTO work_items (id, tenant_id, order_id, order_type, type, state, priority, available_at, ready_at, input, created_at, updated_at)
        SELECT gen_random_uuid(), 'foreign-' || lpad(i::text, 6, '0'), '00000000-0000-0000-0000-000000000001', 'bulk.1', 'bulk', 'queued',
            100, now(), now(), '{"{}"}', now(), now()
        FROM generate_series(1, {ForeignTenants}) AS i;
        """);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
