using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>How long a lease lasts: as the request says, else the item, else its order type, else the options.</summary>
public abstract class LeaseTimeSpecification(DatabaseFixture databases)
{
    public sealed record Job(int? Seconds);

    public sealed record Done(bool Ok = true);

    [Theory]
    [InlineData(null, null, 300)]
    [InlineData(null, 45, 45)]
    [InlineData(900, null, 900)]
    [InlineData(900, 45, 900)]
    public async Task The_request_comes_before_the_item_and_the_item_before_its_type(int? asked, int? planned, int expected)
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Slow>());
        await app.Requester.ProposeAsync(new Job(planned));
        var agent = app.Agent("a");

        var lease = (await agent.CheckoutAsync(new CheckoutRequest { Ttl = asked is { } seconds ? TimeSpan.FromSeconds(seconds) : null }))!;

        Assert.Equal((TimeSpan.FromSeconds(expected), app.Time.GetUtcNow().AddSeconds(expected)), (lease.Ttl, lease.ExpiresAt));
        Assert.Equal(lease.ExpiresAt, (await app.ItemAsync(lease.Item.Id)).LeaseExpiresAt);
        app.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(app.Time.GetUtcNow().AddSeconds(expected), await agent.HeartbeatAsync(lease));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Each_item_of_a_batch_gets_its_own_lease(bool isForAllTenants)
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Slow>());
        await app.Requester.ProposeAsync(new Job(45));
        await app.Requester.ProposeAsync(new Job(null));
        await app.ProposeEchoAsync();
        var agent = isForAllTenants
            ? app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(Actor.Agent("a"))
            : app.Agent("a");

        var leases = await agent.CheckoutManyAsync(3);

        Assert.Equal([45, 120, 300], leases.Select(l => (int)l.Ttl.TotalSeconds).Order());
        foreach (var lease in leases)
        {
            var item = await app.ItemAsync(lease.Item.Id);
            Assert.Equal((lease.ExpiresAt, lease.Item.LeaseSeconds), (item.LeaseExpiresAt, item.LeaseSeconds));
            var leased = (await app.OrderAsync(lease.OrderId)).Events.Single(e => e.Event == "leased");
            Assert.Equal(
                lease.ExpiresAt, System.Text.Json.Nodes.JsonNode.Parse(leased.Payload!)!["lease_expires_at"]!.GetValue<DateTimeOffset>());
        }
    }

    [Fact]
    public async Task What_an_item_was_planned_with_outlives_its_leases()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Slow>());
        var order = await app.Requester.ProposeAsync(new Job(45));
        Assert.Equal(45, order.Items.Single().PlannedLeaseSeconds);
        var agent = app.Agent("a");

        await agent.ReleaseAsync((await agent.CheckoutAsync(new CheckoutRequest { Ttl = TimeSpan.FromSeconds(900) }))!);

        Assert.Equal(TimeSpan.FromSeconds(45), (await agent.CheckoutAsync(new CheckoutRequest { OrderId = order.Id }))!.Ttl);
    }

    [Fact]
    public async Task Heartbeats_of_a_short_lease_are_due_more_often()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Slow>());
        await app.Requester.ProposeAsync(new Job(60));
        await app.Requester.ProposeAsync(new Job(600));

        var leases = await app.Agent("a").CheckoutManyAsync(2);

        // The options say 30 seconds for leases of 120.
        Assert.Equal([(60, 15), (600, 30)], leases.Select(l => ((int)l.Ttl.TotalSeconds, (int)l.HeartbeatEvery.TotalSeconds)).Order());
    }

    [Fact]
    public async Task No_lease_is_longer_than_the_longest_one()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var before = ShopApp.On(database, b => b.AddOrderType<Slow>());
        await before.Requester.ProposeAsync(new Job(5000));
        await using var app = ShopApp.On(database, b => b.AddOrderType<Slow>(), o => o.Lease.MaxTtl = TimeSpan.FromSeconds(400));

        Assert.Equal(TimeSpan.FromSeconds(400), (await app.Agent("a").CheckoutAsync())!.Ttl);
        var planned = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(new Job(401)));
        Assert.Equal(("plan", "out_of_range"), (planned.Errors.Single().Field, planned.Errors.Single().Code));
        var asked = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Agent("a").CheckoutAsync(new CheckoutRequest { Ttl = TimeSpan.FromSeconds(401) }));
        Assert.Equal(("ttl", "out_of_range"), (asked.Errors.Single().Field, asked.Errors.Single().Code));
    }

    [OrderType("test.slow", LeaseSeconds = 300)]
    public sealed class Slow : OrderType<Job, Done>
    {
        protected override IEnumerable<PlannedItem<Job>> Plan(Job payload) =>
            [new(payload) { LeaseTime = payload.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null }];

        protected override Task ApplyAsync(ApplyContext<Job, Job, Done> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public sealed class LeaseTimeOnSqlite(SqliteFixture databases) : LeaseTimeSpecification(databases), IOnSqlite;

public sealed class LeaseTimeOnPostgreSql(PostgreSqlFixture databases) : LeaseTimeSpecification(databases), IOnPostgreSql;
