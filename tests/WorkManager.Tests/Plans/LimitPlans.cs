using System.Data.Common;
using System.Globalization;
using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Plans;

/// <summary>What a claim costs on PostgreSQL depends neither on work whose time has not come, nor on that of a type at its limit, both in front of the rest.</summary>
public sealed class LimitPlans(PostgreSqlFixture databases, ITestOutputHelper output) : IClassFixture<PostgreSqlFixture>
{
    private const int MostBuffersOfPick = 60;
    private const int MostBuffers = 100;
    private const int Limit = 5;

    // The promise was made for 100,000 delayed items and 100,000 of a type at its limit: WORKMANAGER_PLAN_ITEMS=100000
    private static readonly int Items =
        int.TryParse(Environment.GetEnvironmentVariable("WORKMANAGER_PLAN_ITEMS"), CultureInfo.InvariantCulture, out var items) ? items : 10_000;

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_claim_reads_a_few_buffers_whatever_is_delayed_or_at_its_limit_in_front_of_it(bool limited)
    {
        await using var app = await ShopApp.StartAsync(databases, null, o =>
        {
            o.Clock = ClockSource.Database;
            if (limited)
            {
                (o.Lease.MaxPerAgent, o.Lease.MaxPerType, o.Lease.MaxPerTenant) = (20, Limit, 100);
            }
        });
        using var sent = new SentCommands(app.Database);
        await app.ProposeEchoAsync();
        (await app.Agent("agent").CheckoutAsync()).Should().NotBeNull();
        if (limited)
        {
            await app.Requester.ProposeAsync(Batches.Payload(Limit), new() { Priority = 100 });
            (await app.Agent("other").CheckoutManyAsync(Limit, new() { Type = "test.batch" })).Should().HaveCount(Limit);
        }

        await using var connection = await app.Database.OpenConnectionAsync();
        await FillAsync(connection, limited);
        foreach (var condition in Statistics.OnPostgreSql)
        {
            await condition.TakeAsync(connection);
            var before = sent.All.Count;

            (await app.Agent("next").CheckoutAsync())!.Item.OrderType.Should().Be("test.echo");

            var claim = sent.All.Skip(before).TakeWhile(c => IsOfClaim(c.Text)).ToList();
            var pick = 0;
            var all = 0;
            foreach (var command in claim.Where(c => !c.Text.Contains("advisory", StringComparison.Ordinal)))
            {
                var buffers = await ExplainedPlan.BuffersAsync(connection, command);
                pick = command.Text.Contains("WITH pick", StringComparison.Ordinal) ? buffers : pick;
                all += buffers;
            }

            output.WriteLine($"{Items:N0} delayed{(limited ? $", {Items:N0} of a type at its limit" : "")}, {condition}: pick {pick} buffers, with the counts {all}, "
                + $"{claim.Count} commands");
            pick.Should().BeInRange(1, MostBuffersOfPick, "{0}", condition);
            all.Should().BeLessThanOrEqualTo(MostBuffers, "{0}", condition);
            claim.Should().HaveCount(limited ? 6 : 1);
        }

        static bool IsOfClaim(string text) => text.Contains("WITH pick", StringComparison.Ordinal) || text.Contains("count(*)", StringComparison.Ordinal)
            || text.Contains("advisory", StringComparison.Ordinal);
    }

    private static Task FillAsync(DbConnection connection, bool limited) => Statistics.ExecuteAsync(connection,
        $"""
        ALTER TABLE work_items SET (autovacuum_enabled = false);

        INSERT INTO work_items (id, tenant_id, order_id, order_type, type, state, priority, available_at, ready_at, input, created_at, updated_at)
        SELECT gen_random_uuid(), '', (SELECT id FROM work_orders LIMIT 1), 'test.echo', 'delayed', 'queued', 100, now() + interval '1 day', NULL,
            '{"{}"}', now(), now()
        FROM generate_series(1, {Items}) AS i;

        INSERT INTO work_items (id, tenant_id, order_id, order_type, type, state, priority, available_at, ready_at, input, created_at, updated_at)
        SELECT gen_random_uuid(), '', (SELECT id FROM work_orders LIMIT 1), 'test.batch', 'saturated', 'queued', 100, now(), now(), '{"{}"}', now(), now()
        FROM generate_series(1, {(limited ? Items : 0)}) AS i;

        INSERT INTO work_items (id, tenant_id, order_id, order_type, type, state, priority, available_at, ready_at, input, created_at, updated_at)
        SELECT gen_random_uuid(), '', (SELECT id FROM work_orders LIMIT 1), 'test.echo', 'due', 'queued', 50, now(), now() + i * interval '1 ms',
            '{"{}"}', now(), now()
        FROM generate_series(1, {Items / 10}) AS i;
        """);
}
