using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;
using WorkManager.Tests.Support;

namespace WorkManager.Tests.Leasing;

/// <summary>A limit that another claim has locked. On SQLite a writer is alone.</summary>
public sealed class LimitsBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_tenant_whose_limit_is_locked_is_passed_over()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        // A claim that waited would wait for ever.
        await using var app = ShopApp.On(
            database, null, o => o.Lease.MaxPerTenant = 2, context => context.UseNpgsql(database.ConnectionString, o => o.CommandTimeout(0)));
        foreach (var tenant in (string[])["a", "b", "c"])
        {
            await app.Of(tenant).ProposeAsync(Batches.Payload(2));
        }

        await using var other = await app.Database.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = other.CreateCommand();
        command.CommandText = "SELECT pg_advisory_xact_lock(hashtextextended('tenant' || chr(10) || 'a', 0))::text";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var all = app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(Actor.Agent("w"));

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
        var all = app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(Actor.Agent("w"));

        (await all.CheckoutAsync())!.Item.TenantId.Should().Be("c");
        var waiting = all.CheckoutAsync();
        await AdvisoryLocks.UntilWaitedForAsync(app.Database, waiting);
        await hold.DisposeAsync();

        (await waiting)!.Item.TenantId.Should().BeOneOf("a", "b");
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
        await AdvisoryLocks.UntilWaitedForAsync(app.Database, waiting);

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
}
