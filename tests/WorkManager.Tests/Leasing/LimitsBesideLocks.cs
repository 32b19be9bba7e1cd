using System.Data.Common;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>A limit that another claim has locked. On SQLite a writer is alone.</summary>
public sealed class LimitsBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_tenant_whose_limit_is_locked_is_passed_over()
    {
        await using var app = await StartAsync(o => o.Lease.MaxPerTenant = 2);
        foreach (var tenant in (string[])["a", "b", "c"])
        {
            await app.Of(tenant).ProposeAsync(Batches.Payload(2));
        }

        await using var other = await app.Database.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = other.CreateCommand();
        command.CommandText = "SELECT pg_advisory_xact_lock(hashtextextended('tenant' || chr(10) || 'a', 0))::text";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var all = All(app);

        var leases = await all.CheckoutManyAsync(6).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        leases.Select(l => l.Item.TenantId).Order().Should().Equal("b", "b", "c", "c");
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        (await all.CheckoutManyAsync(6)).Should().HaveCount(2).And.OnlyContain(l => l.Item.TenantId == "a");
    }

    [Fact]
    public async Task A_worker_for_all_tenants_gets_its_item_from_a_tenant_whose_limit_is_free()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Lease.MaxPerTenant = 2);
        foreach (var tenant in (string[])["a", "b", "c"])
        {
            await app.Of(tenant).ProposeAsync(Batches.Payload(1));
        }

        await using var hold = await app.HoldAsync(
            "SELECT pg_advisory_xact_lock(hashtextextended('tenant' || chr(10) || t, 0))::text FROM unnest(ARRAY['a', 'b']) AS t");
        var all = All(app);

        (await all.CheckoutAsync())!.Item.TenantId.Should().Be("c");
        var waiting = all.CheckoutAsync();
        await app.WaitsAsync(waiting);
        await hold.DisposeAsync();

        (await waiting)!.Item.TenantId.Should().BeOneOf("a", "b");
    }

    [Fact]
    public async Task What_is_due_comes_before_waiting_for_a_limit()
    {
        await using var app = await StartAsync(o => o.Lease.MaxPerType = 2);
        await app.Requester.ProposeAsync(Batches.Payload(1));
        var due = await app.Requester.ProposeAsync(new EchoPayload("due"), new() { AvailableAt = app.Time.GetUtcNow().AddSeconds(1) });
        await using var hold = await HoldAsync(app, "type\n\ntest.batch");
        app.Time.Advance(TimeSpan.FromSeconds(2));

        (await app.LeaseAsync().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).OrderId.Should().Be(due.Id);
    }

    [Fact]
    public async Task What_is_due_under_a_locked_limit_is_waited_for()
    {
        await using var app = await StartAsync(o => o.Lease.MaxPerTenant = 2);
        var due = await app.Of("a").ProposeAsync(new EchoPayload("due"), new() { AvailableAt = app.Time.GetUtcNow().AddSeconds(1) });
        await using var hold = await HoldAsync(app, "tenant\na");
        app.Time.Advance(TimeSpan.FromSeconds(2));

        var waiting = All(app).CheckoutAsync();
        await app.WaitsAsync(waiting);
        await hold.DisposeAsync();

        (await waiting)!.OrderId.Should().Be(due.Id);
    }

    [Fact]
    public async Task Who_has_waited_for_a_first_item_does_not_wait_for_another()
    {
        await using var app = await StartAsync(o => o.Lease.MaxPerTenant = 2);
        var held = new Dictionary<string, DbConnection>();
        foreach (var tenant in (string[])["a", "b"])
        {
            await app.Of(tenant).ProposeAsync(new EchoPayload(tenant));
            held.Add(tenant, await HoldAsync(app, $"tenant\n{tenant}"));
        }

        var waiting = All(app).CheckoutManyAsync(2);
        await app.WaitsAsync(waiting);
        var waitsForA = await app.Database.ScalarAsync(
            """
            SELECT (classid::bigint << 32 | objid::bigint) = hashtextextended('tenant' || chr(10) || 'a', 0)
            FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            """);
        await held[waitsForA is true ? "a" : "b"].DisposeAsync();

        (await waiting.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Single().Item.TenantId
            .Should().Be(waitsForA is true ? "a" : "b");
        await held[waitsForA is true ? "b" : "a"].DisposeAsync();
    }

    [Fact]
    public async Task The_limit_of_an_agent_is_waited_for_by_a_worker_for_all_tenants()
    {
        await using var app = await StartAsync(o => o.Lease.MaxPerAgent = 1);
        await app.Of("a").ProposeAsync(new EchoPayload("a"));
        await using var hold = await HoldAsync(app, "agent\nw");

        var waiting = All(app).CheckoutAsync();
        await app.WaitsAsync(waiting);
        await hold.DisposeAsync();

        (await waiting).Should().NotBeNull();
        (await All(app).CheckoutAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_limit_that_another_claim_has_locked_is_waited_for_before_nothing_is_said()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Lease.MaxPerType = 2);
        await app.Requester.ProposeAsync(Batches.Payload(3), new() { Priority = 100 });
        await app.ProposeEchoAsync("echo", 1);
        await using var other = await app.Database.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await LockAsync("type\n\ntest.batch");

        (await app.LeaseAsync("agent-1")).Item.OrderType.Should().Be("test.echo", "the locked type is passed over");
        var waiting = app.Agent("agent-1").CheckoutAsync();
        await app.WaitsAsync(waiting);

        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        (await waiting)!.Item.OrderType.Should().Be("test.batch");

        async Task LockAsync(string name)
        {
            await using var command = other.CreateCommand();
            command.CommandText = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text";
            command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = name });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    // A claim that waits for a lock waits for ever.
    private async Task<ShopApp> StartAsync(Action<WorkManagerOptions> options)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        return ShopApp.On(database, null, options, context => context.UseNpgsql(database.ConnectionString, o => o.CommandTimeout(0)));
    }

    private static IWorkOrderManager All(ShopApp app) => app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(Actor.Agent("w"));

    private static Task<DbConnection> HoldAsync(ShopApp app, string name) =>
        app.HoldAsync($"SELECT pg_advisory_xact_lock(hashtextextended(E'{name.Replace("\n", "\\n", StringComparison.Ordinal)}', 0))::text");
}
