using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>Tenants share tables and see nothing of each other.</summary>
public abstract class TenantSpecification(DatabaseFixture databases)
{
    private static readonly EchoResult Good = new(true, true);

    [Fact]
    public async Task Without_a_provider_all_work_belongs_to_the_empty_tenant()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var order = await app.ProposeEchoAsync();

        order.TenantId.Should().Be("");
        order.Items.Should().OnlyContain(i => i.TenantId == "");
        (await app.OrderAsync(order.Id)).Events.Should().OnlyContain(e => e.TenantId == "");
    }

    [Fact]
    public async Task What_a_scope_writes_belongs_to_the_tenant_that_its_provider_names()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddScoped<IWorkTenantProvider>(_ => new Named("acme")));
        await using var scope = app.NewScope();
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();

        var order = await work.As(Actor.User("anna")).ProposeAsync(new EchoPayload("hello"));
        var lease = await work.As(Actor.Agent("a")).CheckoutAsync();
        await work.As(Actor.Agent("a")).SubmitAsync(lease!, Good);
        await work.As(Actor.User("bert")).ApproveAsync(order.Id);

        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.TenantId).Should().Be((OrderState.Completed, "acme"));
        stored.Items.Should().OnlyContain(i => i.TenantId == "acme");
        stored.Events.Should().HaveCountGreaterThan(8).And.OnlyContain(e => e.TenantId == "acme");
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_decisions WHERE tenant_id = 'acme'")).Should().Be(1L);
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_provenances WHERE tenant_id = 'acme'")).Should().Be(1L);
    }

    [Fact]
    public async Task The_scopes_of_an_apply_and_of_what_follows_work_for_the_tenant_of_the_order()
    {
        var seen = new List<string>();
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Nosy>().Services.AddSingleton(seen).AddSingleton(new Queue<Func<Task>>()));
        var order = await For(app, "acme", Actor.User("anna")).ProposeAsync(new NosyPayload(1));
        var lease = await For(app, "acme", Actor.Agent("a")).CheckoutAsync();
        await For(app, "acme", Actor.Agent("a")).SubmitAsync(lease!, Good);

        await All(app, Actor.User("bert")).ApproveAsync(order.Id);

        seen.Should().Equal("before: acme", "apply: acme", "after: acme");
        (await For(app, "acme", Actor.User("bert")).ListAsync()).Items.Should().HaveCount(4, "each step has proposed one for its own tenant");
    }

    [Fact]
    public async Task An_apply_that_follows_another_tenants_apply_works_for_its_own_tenant()
    {
        var (seen, then) = (new List<string>(), new Queue<Func<Task>>());
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Nosy>().Services.AddSingleton(seen).AddSingleton(then));
        var (first, second) = (await SubmittedAsync("acme"), await SubmittedAsync("blue"));
        then.Enqueue(() => For(app, "blue", Actor.User("bert")).ApproveAsync(second));

        await For(app, "acme", Actor.User("bert")).ApproveAsync(first);

        seen.Should().Equal("before: acme", "apply: acme", "before: blue", "apply: blue", "after: blue", "after: acme");

        async Task<Guid> SubmittedAsync(string tenant)
        {
            var order = await For(app, tenant, Actor.User("anna")).ProposeAsync(new NosyPayload(1));
            await For(app, tenant, Actor.Agent("a")).SubmitAsync((await For(app, tenant, Actor.Agent("a")).CheckoutAsync())!, Good);
            return order.Id;
        }
    }

    [Fact]
    public async Task What_the_code_of_an_order_leaves_running_does_not_work_for_its_tenant_any_longer()
    {
        var approved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<WorkOrder>? running = null;
        var script = new Script();
        await using var app = await script.StartAsync(databases);
        script.After = (_, _) =>
        {
            running = ProposeOnceApprovedAsync();
            return Task.CompletedTask;
        };
        var order = await For(app, "acme", Actor.User("anna")).ProposeAsync(new Note("note"));
        await For(app, "acme", Actor.Agent("a")).SubmitAsync((await For(app, "acme", Actor.Agent("a")).CheckoutAsync())!, new Answer("done"));

        await For(app, "acme", Actor.User("bert")).ApproveAsync(order.Id);
        approved.SetResult();

        (await running!).TenantId.Should().Be("");

        async Task<WorkOrder> ProposeOnceApprovedAsync()
        {
            await approved.Task;
            return await app.Requester.ProposeAsync(new Note("later"));
        }
    }

    [Fact]
    public async Task Automatic_approval_works_for_the_tenant_of_the_order()
    {
        await using var app = await new Script { AutoApprove = true }.StartAsync(databases);
        var order = await For(app, "acme", Actor.User("anna")).ProposeAsync(new Note("auto"));
        var lease = await For(app, "acme", Actor.Agent("a")).CheckoutAsync();

        await For(app, "acme", Actor.Agent("a")).SubmitAsync(lease!, new Answer("done"));

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_checkout_takes_only_from_its_tenant()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await ProposeAsync(app, "acme", 2);
        await ProposeAsync(app, "blue", 1);

        (await For(app, "none", Actor.Agent("a")).CheckoutManyAsync(10)).Should().BeEmpty();
        (await For(app, "blue", Actor.Agent("a")).CheckoutManyAsync(10)).Should().ContainSingle().Which.Item.TenantId.Should().Be("blue");
        (await For(app, "acme", Actor.Agent("a")).CheckoutManyAsync(10)).Should().HaveCount(2).And.OnlyContain(l => l.Item.TenantId == "acme");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("test.echo")]
    public async Task A_worker_for_all_tenants_takes_from_them_in_turn(string? type)
    {
        await using var app = await ShopApp.StartAsync(databases);
        foreach (var tenant in (string[])["a", "b", "c"])
        {
            await ProposeAsync(app, tenant, tenant == "a" ? 20 : 2, priority: tenant == "a" ? 100 : 0);
        }

        var worker = All(app, Actor.Agent("worker"));
        var request = new CheckoutRequest { Type = type };
        var taken = new List<string>();
        while (await worker.CheckoutAsync(request) is { } lease)
        {
            taken.Add(lease.Item.TenantId);
        }

        taken.Should().HaveCount(24);
        taken.Take(6).Should().BeEquivalentTo(["a", "b", "c", "a", "b", "c"], "no queue is longer than its turn, whatever its priority");
        taken.Take(3).Should().OnlyHaveUniqueItems();
        taken.Skip(6).Should().OnlyContain(t => t == "a");
    }

    [Fact]
    public async Task A_worker_that_asks_for_two_order_types_in_turn_passes_no_tenant_over()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await For(app, "m", Actor.User("requester")).ProposeAsync(Batches.Payload(10));
        foreach (var tenant in (string[])["a", "m", "z"])
        {
            await ProposeAsync(app, tenant, 10, priority: 0);
        }

        var worker = All(app, Actor.Agent("worker"));
        var taken = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            (await worker.CheckoutAsync<Batches>())!.Item.TenantId.Should().Be("m");
            taken.Add((await worker.CheckoutAsync<Echo>())!.Item.TenantId);
        }

        taken.Should().BeEquivalentTo(["a", "m", "z", "a", "m", "z"]);
    }

    [Theory]
    [InlineData(6, 2, 2, 2)]
    [InlineData(7, 3, 2, 2)]
    [InlineData(12, 8, 2, 2)]
    [InlineData(50, 20, 2, 2)]
    public async Task A_batch_takes_an_equal_share_from_each_tenant_and_the_rest_from_those_that_have_more(int count, int a, int b, int c)
    {
        await using var app = await ShopApp.StartAsync(databases);
        foreach (var tenant in (string[])["a", "b", "c"])
        {
            await ProposeAsync(app, tenant, tenant == "a" ? 20 : 2);
        }

        var leases = await All(app, Actor.Agent("worker")).CheckoutManyAsync(count);

        leases.Select(l => l.Item.Id).Should().OnlyHaveUniqueItems();
        leases.CountBy(l => l.Item.TenantId).OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value).Should().Equal(a, b, c);
    }

    [Fact]
    public async Task A_worker_for_all_tenants_finds_what_only_one_of_many_has_for_it()
    {
        await using var app = await ShopApp.StartAsync(databases);
        for (var i = 0; i < 40; i++)
        {
            await ProposeAsync(app, $"tenant-{i:00}", 1, priority: i == 33 ? 90 : 10);
        }

        var leases = await All(app, Actor.Agent("worker")).CheckoutManyAsync(5, new CheckoutRequest { MinPriority = 50 });

        leases.Should().ContainSingle().Which.Item.TenantId.Should().Be("tenant-33");
        (await All(app, Actor.Agent("worker")).CheckoutAsync(new CheckoutRequest { MinPriority = 50 })).Should().BeNull();
    }

    [Fact]
    public async Task A_worker_for_all_tenants_works_on_an_order_that_it_names()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await ProposeAsync(app, "a", 1);
        var order = (await ProposeAsync(app, "b", 1))[0];
        var worker = All(app, Actor.Agent("worker"));

        var lease = await worker.CheckoutAsync(new CheckoutRequest { OrderId = order.Id });
        await worker.HeartbeatAsync(lease!);
        var item = await worker.SubmitAsync(lease!, Good);

        (item.OrderId, item.TenantId).Should().Be((order.Id, "b"));
        (await worker.ListAsync()).Items.Should().HaveCount(2);
    }

    [Fact]
    public async Task Nobody_proposes_for_all_tenants()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var propose = () => All(app, Actor.User("anna")).ProposeAsync(new EchoPayload("whose?"));

        (await propose.Should().ThrowAsync<WorkValidationException>()).Which.Errors.Should().ContainSingle().Which.Field.Should().Be("tenant");
    }

    [Theory]
    [InlineData("a-name-of-more-than-sixty-four-characters-is-no-name-for-a-tenant.")]
    [InlineData("a\0b")]
    public async Task A_tenant_that_cannot_be_stored_is_refused_at_once(string tenant)
    {
        await using var app = await ShopApp.StartAsync(databases);

        FluentActions.Invoking(() => For(app, tenant, Actor.User("anna"))).Should().Throw<ArgumentException>().WithParameterName("tenantId");
    }

    [Fact]
    public async Task Repositories_see_the_tenant_of_their_scope()
    {
        var tenant = new Named("acme");
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddScoped<IWorkTenantProvider>(_ => tenant));
        var ours = (await ProposeAsync(app, "acme", 1))[0];
        var theirs = (await ProposeAsync(app, "blue", 1))[0];
        await For(app, "blue", Actor.Agent("a")).CheckoutAsync();
        app.Time.Advance(TimeSpan.FromHours(1));

        await using var scope = app.NewScope();
        var orders = scope.ServiceProvider.GetRequiredService<IWorkOrderRepository>();
        var items = scope.ServiceProvider.GetRequiredService<IWorkItemRepository>();
        var events = scope.ServiceProvider.GetRequiredService<IWorkEventRepository>();

        (await orders.FindAsync(theirs.Id, OrderParts.All)).Should().BeNull();
        (await orders.FindAsync(ours.Id, OrderParts.All))!.Items.Should().ContainSingle();
        (await orders.ListAsync(new OrderQuery())).Items.Select(o => o.Id).Should().Equal(ours.Id);
        (await items.FindAsync(theirs.Items.Single().Id)).Should().BeNull();
        (await items.ListAvailableAsync()).Select(i => i.OrderId).Should().Equal(ours.Id);
        (await items.ListByOrderAsync(theirs.Id)).Items.Should().BeEmpty();
        (await items.ListExpiredAsync()).Should().BeEmpty("the lease that ran out is another tenant's");
        (await events.ListByOrderAsync(theirs.Id)).Items.Should().BeEmpty();
        (await events.ListByItemAsync(theirs.Items.Single().Id)).Items.Should().BeEmpty();
    }

    [Fact]
    public async Task Maintenance_takes_back_leases_of_all_tenants()
    {
        await using var app = await ShopApp.StartAsync(databases);
        foreach (var tenant in (string[])["a", "b"])
        {
            await ProposeAsync(app, tenant, 1);
            await For(app, tenant, Actor.Agent("gone")).CheckoutAsync();
        }

        app.Time.Advance(TimeSpan.FromHours(1));

        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(2);
    }

    private static IWorkOrderManager For(ShopApp app, string tenant, Actor actor) =>
        app.Services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor, tenant);

    private static IWorkOrderManager All(ShopApp app, Actor actor) =>
        app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(actor);

    private static async Task<IReadOnlyList<WorkOrder>> ProposeAsync(ShopApp app, string tenant, int count, int priority = 0)
    {
        var options = new ProposeOptions { Priority = priority };
        var proposals = Enumerable.Range(0, count).Select(i => new Proposal<EchoPayload>(new EchoPayload($"{tenant} {i}"), options)).ToList();
        return [.. (await For(app, tenant, Actor.User("anna")).ProposeManyAsync(proposals)).Select(o => o.Value)];
    }

    private sealed class Named(string id) : IWorkTenantProvider
    {
        public string TenantId => id;
    }

    public sealed record NosyPayload(int Steps);

    /// <summary>Proposes an order in each of its steps, and notes whose it is.</summary>
    [OrderType("test.nosy")]
    public sealed class Nosy(IWorkOrderManager work, List<string> seen, Queue<Func<Task>> then) : OrderType<NosyPayload, EchoResult>
    {
        protected override Task BeforeApplyAsync(ApplyContext<NosyPayload, NosyPayload, EchoResult> apply, CancellationToken cancellationToken) =>
            LookAsync("before");

        protected override Task ApplyAsync(ApplyContext<NosyPayload, NosyPayload, EchoResult> apply, CancellationToken cancellationToken) =>
            LookAsync("apply");

        protected override async Task AfterApplyAsync(ApplyContext<NosyPayload, NosyPayload, EchoResult> apply, CancellationToken cancellationToken)
        {
            if (then.TryDequeue(out var next))
            {
                await next();
            }

            await LookAsync("after");
        }

        private async Task LookAsync(string step) => seen.Add($"{step}: {(await work.ProposeAsync(new EchoPayload(step))).TenantId}");
    }
}

public sealed class TenantOnSqlite(SqliteFixture databases) : TenantSpecification(databases), IOnSqlite;

public sealed class TenantOnPostgreSql(PostgreSqlFixture databases) : TenantSpecification(databases), IOnPostgreSql;
