using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>A checkout is of the order types that its process knows, or of those that it names.</summary>
public abstract class CheckoutTypesSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Items_of_types_that_a_process_does_not_know_are_left_to_those_that_do()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var all = ShopApp.On(database, b => b.AddOrderType<Scripted>().Services.AddSingleton(new Script()));
        await using var some = ShopApp.On(database);
        var foreign = await all.Requester.ProposeAsync(new Note("foreign"), new() { Priority = 100 });
        var own = await some.ProposeEchoAsync("own", 10);

        Assert.Equal(own.Id, (await some.Agent("a").CheckoutAsync())!.OrderId);
        Assert.Null(await some.Agent("a").CheckoutAsync());
        Assert.Empty(await some.Agent("a").CheckoutManyAsync(10));
        Assert.Equal(foreign.Id, (await all.Agent("a").CheckoutAsync())!.OrderId);
    }

    [Fact]
    public async Task A_worker_for_all_tenants_passes_over_work_that_it_does_not_know()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var all = ShopApp.On(database, b => b.AddOrderType<Scripted>().Services.AddSingleton(new Script()));
        await using var some = ShopApp.On(database);
        foreach (var tenant in (string[])["a", "b", "c"])
        {
            await Of(all).Create(Actor.User("u"), tenant).ProposeAsync(new Note("foreign"), new() { Priority = 100 });
        }

        await Of(all).Create(Actor.User("u"), "b").ProposeAsync(Batches.Payload(1));
        await Of(all).Create(Actor.User("u"), "c").ProposeAsync(new EchoPayload("own"));

        var leases = await Of(some).CreateForAllTenants(Actor.Agent("w")).CheckoutManyAsync(10);

        Assert.Equal([("b", "test.batch"), ("c", "test.echo")], leases.Select(l => (l.Item.TenantId, l.Item.OrderType)).Order());

        static IWorkOrderManagerFactory Of(ShopApp app) => app.Services.GetRequiredService<IWorkOrderManagerFactory>();
    }

    [Fact]
    public async Task A_process_without_order_types_gets_nothing()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var services = new ServiceCollection();
        services.AddDbContext<ShopContext>(app.Database.Configure);
        services.AddWorkManager().UseDbContext<ShopContext>();
        await using var provider = services.BuildServiceProvider();
        var agent = provider.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.Agent("a"));

        Assert.Null(await agent.CheckoutAsync());
        Assert.Empty(await agent.CheckoutManyAsync(10));
        await Assert.ThrowsAsync<OrderTypeNotFoundException>(() => agent.CheckoutAsync(new() { OrderId = order.Id }));
        await Assert.ThrowsAsync<WorkNotFoundException>(() => agent.CheckoutAsync(new() { OrderId = Guid.NewGuid() }));
    }

    [Fact]
    public async Task An_order_of_a_type_that_the_process_does_not_know_is_an_error_and_not_nothing_to_do()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var all = ShopApp.On(database, b => b.AddOrderType<Scripted>().Services.AddSingleton(new Script()));
        await using var some = ShopApp.On(database);
        var order = await all.Requester.ProposeAsync(new Note("foreign"));

        var refusal = await some.RefusesAsync<OrderTypeNotFoundException>(
            "order_type_not_found", () => some.Agent("a").CheckoutAsync(new() { OrderId = order.Id }));

        Assert.Equal("test.scripted", refusal.Type);
        Assert.Null(await some.Agent("a").CheckoutAsync(new() { OrderId = order.Id, Types = ["test.echo"] }));
    }

    [Theory, InlineData(1), InlineData(3), InlineData(100)]
    public async Task The_highest_priority_comes_first_whatever_its_type_and_then_the_first_in(int atOnce)
    {
        await using var app = await ShopApp.StartAsync(databases, WithFive);
        var expected = new List<Guid>();
        for (var i = 0; i < 30; i++)
        {
            var order = await app.Requester.ProposeAsync($"plans.t{i % 3}", System.Text.Json.JsonElement.Parse("{}"), new() { Priority = i * 7 % 5 });
            expected.Add(order.Id);
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var leased = new List<WorkLease>();
        while (await app.Agent("a").CheckoutManyAsync(atOnce) is { Count: > 0 } some)
        {
            leased.AddRange(some);
        }

        var inOrder = expected.Select((id, i) => (id, i)).OrderByDescending(o => o.i * 7 % 5).ThenBy(o => o.i).Select(o => o.id);
        Assert.Equal(inOrder, leased.Select(l => l.OrderId));
    }

    [Fact]
    public async Task A_checkout_may_name_several_types_and_all_filters_hold()
    {
        await using var app = await ShopApp.StartAsync(databases, WithFive);
        foreach (var type in (string[])["plans.t0", "plans.t1", "plans.t2"])
        {
            await app.Requester.ProposeAsync(type, System.Text.Json.JsonElement.Parse("{}"), new() { Priority = 50 });
            await app.Requester.ProposeAsync(type, System.Text.Json.JsonElement.Parse("{}"), new() { Priority = 10 });
        }

        var agent = app.Agent("a");
        Assert.Empty(await agent.CheckoutManyAsync(10, new() { Types = ["plans.t0", "plans.t1"], Type = "plans.t2" }));
        Assert.Equal(
            ["plans.t0", "plans.t1"],
            (await agent.CheckoutManyAsync(10, new() { Types = ["plans.t0", "plans.t1", "plans.t0"], MinPriority = 50 })).Select(l => l.Item.OrderType));
        Assert.Equal("plans.t1", (await agent.CheckoutAsync(new() { Types = ["plans.t1", "plans.t2"], Type = "plans.t1" }))!.Item.OrderType);
        Assert.Equal(3, (await agent.CheckoutManyAsync(10)).Count);
    }

    [Fact]
    public async Task Names_that_make_no_sense_are_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var agent = app.Agent("a");

        var unknown = await app.RefusesAsync<OrderTypeNotFoundException>(
            "order_type_not_found", () => agent.CheckoutAsync(new() { Types = ["test.echo", "test.bach"] }));
        Assert.Contains("Did you mean `test.batch`?", unknown.Message, StringComparison.Ordinal);
        foreach (var types in (string[][])[[], [null!]])
        {
            var refusal = await app.RefusesAsync<WorkValidationException>("validation_failed", () => agent.CheckoutAsync(new() { Types = types }));
            Assert.Equal(("types", "schema.required"), (refusal.Errors.Single().Field, refusal.Errors.Single().Code));
        }
    }

    [Fact]
    public async Task A_checkout_of_a_class_takes_a_whole_request()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync("low", 10);
        var wanted = await app.ProposeEchoAsync("wanted", 60);
        await app.Requester.ProposeAsync(Batches.Payload(3), new() { Priority = 100 });
        var agent = app.Agent("a");

        var lease = await agent.CheckoutAsync<Echo>(new CheckoutRequest { MinPriority = 50, Ttl = TimeSpan.FromMinutes(7) });

        Assert.Equal((wanted.Id, TimeSpan.FromMinutes(7)), (lease!.OrderId, lease.Ttl));
        Assert.Null(await agent.CheckoutAsync<Echo>(new CheckoutRequest { MinPriority = 50 }));
        Assert.Equal(["b1", "b2"], (await agent.CheckoutManyAsync<Batches>(2)).Select(l => l.Input<Batch>().Id));
        Assert.Equal(["b3"], (await agent.CheckoutManyAsync<Batches>(2, new() { Type = "test.batch" })).Select(l => l.Input<Batch>().Id));
        Assert.NotNull(await agent.CheckoutAsync<Echo>());
        var refusal = await app.RefusesAsync<WorkValidationException>("validation_failed", () => agent.CheckoutAsync<Echo>(new CheckoutRequest { Type = "test.batch" }));
        Assert.Equal("type", refusal.Errors.Single().Field);
        await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => agent.CheckoutManyAsync<Scripted>(2));
    }

    [Fact]
    public async Task Agents_at_once_lease_the_items_of_several_types_once_each_and_none_goes_empty_while_there_are_some()
    {
        const int items = 60, agents = 12;
        await using var app = await ShopApp.StartAsync(databases, WithFive);
        for (var i = 0; i < items; i++)
        {
            await app.Requester.ProposeAsync($"plans.t{i % 3}", System.Text.Json.JsonElement.Parse("{}"));
        }

        var leased = await Task.WhenAll(Enumerable.Range(0, agents).Select(n => Task.Run(async () =>
        {
            var mine = new List<Guid>();
            for (var i = 0; i < items / agents; i++)
            {
                mine.Add((await app.Agent($"agent-{n}").CheckoutAsync())?.Item.Id ?? Guid.Empty);
            }

            return mine;
        })));

        var ids = leased.SelectMany(l => l).ToList();
        Assert.DoesNotContain(Guid.Empty, ids);
        Assert.Equal(items, ids.Distinct().Count());
    }

    private static void WithFive(IWorkManagerBuilder builder) => builder.AddOrderType<T0>().AddOrderType<T1>().AddOrderType<T2>();

    public sealed record Nothing;

    public abstract class Plain : OrderType<Nothing, Nothing>
    {
        protected override Task ApplyAsync(ApplyContext<Nothing, Nothing, Nothing> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [OrderType("plans.t0")]
    public sealed class T0 : Plain;

    [OrderType("plans.t1")]
    public sealed class T1 : Plain;

    [OrderType("plans.t2")]
    public sealed class T2 : Plain;
}

public sealed class CheckoutTypesOnSqlite(SqliteFixture databases) : CheckoutTypesSpecification(databases), IOnSqlite;

public sealed class CheckoutTypesOnPostgreSql(PostgreSqlFixture databases) : CheckoutTypesSpecification(databases), IOnPostgreSql;
