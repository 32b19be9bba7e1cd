using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>Live leases are limited per agent, per order type and per tenant. What is at its limit is passed over, and starves nothing else.</summary>
public abstract class LeaseLimitsSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Scenario", "S20")]
    public async Task An_agent_holds_no_more_leases_than_its_limit()
    {
        await using var app = await StartAsync(o => o.MaxPerAgent = 2);
        var order = await app.Requester.ProposeAsync(Batches.Payload(5));
        var first = await app.LeaseAsync("agent-1");
        (await app.Agent("agent-1").CheckoutManyAsync(3)).Should().HaveCount(1, "a batch gets what is left");

        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        (await app.Agent("agent-1").CheckoutManyAsync(10)).Should().BeEmpty();
        (await app.Agent("agent-1").CheckoutAsync(new() { OrderId = order.Id })).Should().BeNull("the limit is that of any checkout");
        (await app.Agent("agent-2").CheckoutManyAsync(10)).Should().HaveCount(2, "another agent has a limit of its own");

        await app.Agent("agent-1").ReleaseAsync(first.Token);
        (await app.Agent("agent-1").CheckoutAsync(new() { OrderId = order.Id })).Should().NotBeNull();
    }

    [Theory, InlineData("agent"), InlineData("type"), InlineData("tenant")]
    public async Task What_ends_a_lease_makes_room(string limit)
    {
        await using var app = await StartAsync(o =>
        {
            o.MaxPerAgent = limit == "agent" ? 1 : null;
            o.MaxPerType = limit == "type" ? 1 : null;
            o.MaxPerTenant = limit == "tenant" ? 1 : null;
        });
        await app.Requester.ProposeAsync(Batches.Payload(4));
        var agent = app.Agent("agent-1");

        var lease = (await agent.CheckoutAsync())!;
        await agent.SubmitAsync(lease, new BatchResult(lease.Input<Batch>().Id, true, 1));
        lease = (await agent.CheckoutAsync())!;
        (await agent.CheckoutAsync()).Should().BeNull();
        await agent.FailAsync(lease.Token, new WorkFailure("busy", "Later."));
        lease = (await agent.CheckoutAsync())!;
        await agent.HeartbeatAsync(lease.Token);
        (await agent.CheckoutAsync()).Should().BeNull("what it works on counts, too");

        // It has run out, whether or not it was taken back.
        app.Time.Advance(TimeSpan.FromSeconds(121));
        (await agent.CheckoutAsync()).Should().NotBeNull();
    }

    [Fact, Trait("Scenario", "S21"), Trait("Bug", "B19")]
    public async Task A_type_at_its_limit_is_passed_over()
    {
        await using var app = await StartAsync(o => o.MaxPerType = 1);
        await app.Requester.ProposeAsync(Batches.Payload(3), new() { Priority = 100 });
        var echo = await app.ProposeEchoAsync("echo", 1);
        (await app.LeaseAsync("agent-1")).Item.OrderType.Should().Be("test.batch");

        (await app.LeaseAsync("agent-2")).OrderId.Should().Be(echo.Id);
        (await app.Agent("agent-3").CheckoutAsync()).Should().BeNull();
        (await app.Agent("agent-3").CheckoutAsync(new() { Type = "test.batch" })).Should().BeNull();
    }

    [Fact]
    public async Task A_type_has_its_own_limit_before_that_of_the_options()
    {
        await using var app = await StartAsync(o => o.MaxPerType = 1, b => b.AddOrderType<Two>());
        await app.Requester.ProposeAsync(Batches.Payload(3));
        for (var i = 0; i < 3; i++)
        {
            await app.Requester.ProposeAsync(new Number(i));
        }

        (await app.Agent("a").CheckoutManyAsync(10)).Select(l => l.Item.OrderType).Order().Should().Equal("limits.two", "limits.two", "test.batch");
        (await app.Agent("b").CheckoutManyAsync(10)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_batch_is_served_in_its_order_up_to_each_limit()
    {
        await using var app = await StartAsync(null, b => b.AddOrderType<Two>());
        for (var i = 0; i < 3; i++)
        {
            await app.Requester.ProposeAsync(new Number(i), new() { Priority = 60 });
        }

        await app.Requester.ProposeAsync(Batches.Payload(2), new() { Priority = 70 });
        await app.Requester.ProposeAsync(Batches.Payload(40), new() { Priority = 50 });

        (await app.Agent("a").CheckoutManyAsync(5)).Select(l => l.Item.Priority).Should().Equal([70, 70, 60, 60, 50]);
        (await app.Agent("b").CheckoutManyAsync(30)).Should().HaveCount(30).And.OnlyContain(l => l.Item.OrderType == "test.batch");
    }

    [Fact]
    public async Task A_long_queue_in_front_of_a_limited_type_fills_a_batch()
    {
        await using var app = await StartAsync(null, b => b.AddOrderType<Two>());
        await app.Requester.ProposeAsync(new Number(1), new() { Priority = 10 });
        await app.Requester.ProposeAsync(new Number(2), new() { Priority = 10 });
        await app.Requester.ProposeAsync(Batches.Payload(100), new() { Priority = 70 });

        (await app.Agent("a").CheckoutManyAsync(90)).Should().HaveCount(90).And.OnlyContain(l => l.Item.OrderType == "test.batch");
        (await app.Agent("a").CheckoutManyAsync(90)).Select(l => l.Item.OrderType).Should().HaveCount(12).And.EndWith(["limits.two", "limits.two"]);
    }

    [Fact]
    public async Task A_batch_takes_what_is_left_of_each_type_also_where_one_has_less_than_it_wants()
    {
        await using var app = await StartAsync(o => o.MaxPerType = 20, b => b.AddOrderType<Two>());
        await app.Requester.ProposeAsync(Batches.Payload(40), new() { Priority = 70 });
        await app.Requester.ProposeAsync(new Number(1));
        await app.Requester.ProposeAsync(new Number(2));
        await app.Agent("other").CheckoutAsync(new() { Type = "limits.two" });

        var leases = await app.Agent("a").CheckoutManyAsync(30);

        leases.GroupBy(l => l.Item.OrderType, (type, of) => (type, of.Count())).Order().Should().Equal(("limits.two", 1), ("test.batch", 20));
    }

    [Fact]
    public async Task A_limited_type_behind_a_queue_that_ends_is_in_the_same_batch()
    {
        await using var app = await StartAsync(null, b => b.AddOrderType<Two>());
        await app.Requester.ProposeAsync(Batches.Payload(20), new() { Priority = 70 });
        await app.Requester.ProposeAsync(new Number(1));
        await app.Requester.ProposeAsync(new Number(2));

        (await app.Agent("a").CheckoutManyAsync(90)).Should().HaveCount(22);
    }

    [Fact]
    public async Task Leases_of_one_tenant_reach_their_holder_although_another_tenant_fails()
    {
        await using var app = await StartAsync(o => o.MaxPerTenant = 5);
        foreach (var tenant in (string[])["x", "y", "z"])
        {
            await app.Of(tenant).ProposeAsync(Batches.Payload(2));
        }

        await app.Database.ExecuteAsync(databases.Provider == Provider.Sqlite
            ? "CREATE TRIGGER refuse BEFORE UPDATE ON work_items WHEN NEW.tenant_id = 'z' BEGIN SELECT RAISE(ABORT, 'The host says no.'); END"
            : """
              CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN IF NEW.tenant_id = 'z' THEN RAISE EXCEPTION 'The host says no.'; END IF; RETURN NEW; END $$;
              CREATE TRIGGER refuse BEFORE UPDATE ON work_items FOR EACH ROW EXECUTE FUNCTION refuse()
              """);
        var all = app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(Actor.Agent("w"));

        var leases = await all.CheckoutManyAsync(6);

        leases.Select(l => l.Item.TenantId).Should().BeEquivalentTo("x", "x", "y", "y");
        leases.Select(l => l.Token).Should().BeEquivalentTo(await LeasedAsync(app));
    }

    private static Task<List<LeaseToken>> LeasedAsync(ShopApp app) => app.ReadAsync(async db => await db.Set<WorkItem>()
        .Where(i => i.State == ItemState.Leased).Select(i => new LeaseToken(i.Id, i.LeaseEpoch)).ToListAsync());

    [Fact, Trait("Bug", "B45")]
    public async Task Limits_of_types_and_of_tenants_are_each_tenants_own()
    {
        await using var app = await StartAsync(o => (o.MaxPerTenant, o.MaxPerType) = (3, 2));
        foreach (var tenant in (string[])["a", "b"])
        {
            await app.Of(tenant).ProposeAsync(Batches.Payload(5));
            await app.Of(tenant).ProposeAsync(new EchoPayload("one"));
            await app.Of(tenant).ProposeAsync(new EchoPayload("two"));
        }

        (await app.Of("a").As(Actor.Agent("w")).CheckoutManyAsync(10)).Should().HaveCount(3).And.OnlyContain(l => l.Item.TenantId == "a");
        (await app.Of("a").As(Actor.Agent("v")).CheckoutAsync()).Should().BeNull();
        var ofB = await app.Of("b").As(Actor.Agent("w")).CheckoutManyAsync(10);
        ofB.GroupBy(l => l.Item.OrderType, (type, leases) => (type, leases.Count())).Order().Should().Equal(("test.batch", 2), ("test.echo", 1));
    }

    [Fact]
    public async Task A_worker_for_all_tenants_takes_from_each_up_to_its_limits()
    {
        await using var app = await StartAsync(o => (o.MaxPerTenant, o.MaxPerType) = (2, 1));
        var orders = new List<WorkOrder>();
        foreach (var tenant in (string[])["a", "b", "c"])
        {
            orders.Add(await app.Of(tenant).ProposeAsync(Batches.Payload(5)));
            await app.Of(tenant).ProposeAsync(new EchoPayload("one"));
        }

        (await app.Of("b").As(Actor.Agent("w")).CheckoutManyAsync(10)).Should().HaveCount(2);
        var all = app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(Actor.Agent("x"));
        (await all.CheckoutAsync(new() { OrderId = orders[1].Id })).Should().BeNull("its tenant is at its limit");
        (await all.CheckoutAsync(new() { OrderId = orders[0].Id }))!.OrderId.Should().Be(orders[0].Id);
        (await all.CheckoutAsync(new() { OrderId = orders[0].Id })).Should().BeNull();

        var leases = await all.CheckoutManyAsync(10);

        leases.Select(l => (l.Item.TenantId, l.Item.OrderType)).Order().Should().Equal(("a", "test.echo"), ("c", "test.batch"), ("c", "test.echo"));
        (await all.CheckoutAsync()).Should().BeNull();
    }

    [Fact]
    public async Task The_limit_of_an_agent_for_all_tenants_is_one_for_all()
    {
        await using var app = await StartAsync(o => o.MaxPerAgent = 3);
        foreach (var tenant in (string[])["x", "y"])
        {
            await app.Of(tenant).ProposeAsync(Batches.Payload(5));
        }

        var all = app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(Actor.Agent("w"));
        (await all.CheckoutManyAsync(2)).Select(l => l.Item.TenantId).Order().Should().Equal("x", "y");
        (await all.CheckoutManyAsync(5)).Should().HaveCount(1);
        (await all.CheckoutAsync()).Should().BeNull();
        (await app.Of("x").As(Actor.Agent("w")).CheckoutManyAsync(5)).Should().NotBeEmpty("in its own session only the leases of its tenant count");
    }

    [Fact]
    public async Task A_lease_lasts_as_its_type_says_when_another_type_is_left_out()
    {
        await using var app = await StartAsync(o => o.MaxPerType = 1, b => b.AddOrderType<Two>());
        await app.ProposeEchoAsync("echo", 100);
        (await app.LeaseAsync("a")).Item.LeaseSeconds.Should().Be(120);
        await app.ProposeEchoAsync("echo", 100);
        await app.Requester.ProposeAsync(new Number(1));

        (await app.LeaseAsync("b")).Item.LeaseSeconds.Should().Be(300);
    }

    [Fact]
    public async Task Limits_that_make_no_sense_are_refused_when_the_application_starts()
    {
        Action<LeaseOptions>[] bad = [o => o.MaxPerAgent = 0, o => o.MaxPerType = -1, o => o.MaxPerTenant = 0];
        foreach (var set in bad)
        {
            await using var app = await StartAsync(set);
            (await FluentActions.Awaiting(() => app.ProposeEchoAsync()).Should().ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>())
                .Which.Message.Should().Contain("MaxPer");
        }

        FluentActions.Invoking(() => new ServiceCollection().AddWorkManager().AddOrderType<Less>()).Should().Throw<InvalidOperationException>()
            .WithMessage("*leases of Less*at least 1*");
    }

    private Task<ShopApp> StartAsync(Action<LeaseOptions>? limits, Action<IWorkManagerBuilder>? configure = null) =>
        ShopApp.StartAsync(databases, configure, o => limits?.Invoke(o.Lease));

    public sealed record Number(int Value);

    [OrderType("limits.two", MaxLeases = 2, LeaseSeconds = 300)]
    public sealed class Two : OrderType<Number, Number>
    {
        protected override Task ApplyAsync(ApplyContext<Number, Number, Number> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [OrderType("limits.less", MaxLeases = -1)]
    public sealed class Less : OrderType<Number, Number>
    {
        protected override Task ApplyAsync(ApplyContext<Number, Number, Number> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public sealed class LeaseLimitsOnSqlite(SqliteFixture databases) : LeaseLimitsSpecification(databases), IOnSqlite;

public sealed class LeaseLimitsOnPostgreSql(PostgreSqlFixture databases) : LeaseLimitsSpecification(databases), IOnPostgreSql;
