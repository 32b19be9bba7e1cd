using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Plans;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>An operator pauses an order type, and resumes it.</summary>
public abstract class PauseTypeSpecification(DatabaseFixture databases)
{
    private const string Echo = "test.echo";
    private const string Batch = "test.batch";

    [Theory, InlineData(null), InlineData(10)]
    public async Task Nothing_of_a_type_is_handed_out_that_is_paused_whenever_it_was_proposed(int? maxPerTenant)
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Lease.MaxPerTenant = maxPerTenant);
        var before = await app.ProposeEchoAsync("before", 90);
        await app.Requester.ProposeAsync(Batches.Payload(2), new() { Priority = 10 });

        await app.Maintenance.PauseTypeAsync(Echo);

        var after = await app.ProposeEchoAsync("after", 90);
        CheckoutRequest[] requests = [new() { Type = Echo }, new() { OrderId = before.Id }, new() { OrderId = after.Id, Type = Echo }];
        foreach (var request in requests)
        {
            (await app.Agent("agent-1").CheckoutAsync(request)).Should().BeNull();
            (await app.Agent("agent-1").CheckoutManyAsync(5, request)).Should().BeEmpty();
        }

        (await app.LeaseAsync()).Item.OrderType.Should().Be(Batch, "what is less urgent comes, as if nothing were before it");
        (await app.Agent("agent-1").CheckoutManyAsync(5, new() { Types = [Echo, Batch] })).Should().ContainSingle().Which.Item.OrderType.Should().Be(Batch);

        await app.Maintenance.ResumeTypeAsync(Echo);

        (await app.Agent("agent-1").CheckoutManyAsync(5)).Select(l => l.OrderId).Should().BeEquivalentTo([before.Id, after.Id]);
    }

    [Fact]
    public async Task What_is_leased_goes_on_to_its_end()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        await app.Maintenance.PauseTypeAsync(Echo);

        await app.Agent("agent-1").HeartbeatAsync(lease);
        await app.Agent("agent-1").SubmitAsync(lease, new EchoResult(true, true));
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task What_comes_back_waits_until_the_type_is_resumed()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await app.Maintenance.PauseTypeAsync(Echo);

        await app.Agent("agent-1").ReleaseAsync(lease);

        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        await app.Maintenance.ResumeTypeAsync(Echo);
        (await app.LeaseAsync()).Token.ItemId.Should().Be(lease.Token.ItemId);
    }

    [Fact]
    public async Task A_type_is_paused_for_all_tenants_and_who_works_for_all_passes_over_those_that_have_nothing_else()
    {
        await using var app = await ShopApp.StartAsync(databases);
        foreach (var tenant in (string[])["a", "b", "c"])
        {
            await app.Of(tenant).ProposeAsync(new EchoPayload(tenant));
        }

        await app.Of("c").ProposeAsync(Batches.Payload(1));
        await app.Maintenance.PauseTypeAsync(Echo);
        var factory = app.Services.GetRequiredService<IWorkOrderManagerFactory>();

        (await factory.Create(Actor.Agent("w"), "a").CheckoutAsync()).Should().BeNull();
        (await factory.CreateForAllTenants(Actor.Agent("w")).CheckoutManyAsync(5)).Should().ContainSingle().Which.Item.TenantId.Should().Be("c");
        (await factory.CreateForAllTenants(Actor.Agent("w")).CheckoutManyAsync(5)).Should().BeEmpty();

        await app.Maintenance.ResumeTypeAsync(Echo);
        (await factory.CreateForAllTenants(Actor.Agent("w")).CheckoutManyAsync(5)).Select(l => l.Item.TenantId).Order().Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task Tenants_with_nothing_but_a_paused_type_are_not_looked_at()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var all = app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(Actor.Agent("w"));
        await app.Of("t-99").ProposeAsync(Batches.Payload(3));
        await all.CheckoutAsync();
        using var sent = new SentCommands(app.Database);
        await all.CheckoutAsync();
        var alone = sent.All.Count;
        for (var tenant = 10; tenant < 20; tenant++)
        {
            await app.Of($"t-{tenant}").ProposeAsync(new EchoPayload("a"));
        }

        await app.Maintenance.PauseTypeAsync(Echo);
        var before = sent.All.Count;

        (await all.CheckoutAsync())!.Item.TenantId.Should().Be("t-99");

        sent.All.Skip(before).Should().HaveCount(alone);
    }

    [Fact]
    public async Task Who_came_first_has_paused_it_and_the_row_is_there_as_long_as_it_is()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var since = app.Time.GetUtcNow();
        await app.Maintenance.As(Actor.User("olga")).PauseTypeAsync(Echo, "the \"API\" is down");
        app.Time.Advance(TimeSpan.FromSeconds(10));
        await app.Maintenance.As(Actor.User("bert")).PauseTypeAsync(Echo, "me, too");
        await app.Maintenance.PauseTypeAsync("unknown.here");

        (await app.ReadAsync(db => db.Set<WorkPausedType>().AsNoTracking().OrderBy(p => p.OrderType).ToListAsync())).Should().BeEquivalentTo(
            [
                new { OrderType = Echo, Reason = (string?)"the \"API\" is down", PausedByType = ActorType.User, PausedById = "olga", PausedAt = since },
                new
                {
                    OrderType = "unknown.here", Reason = (string?)null, PausedByType = ActorType.System, PausedById = "maintenance",
                    PausedAt = since.AddSeconds(10),
                },
            ],
            options => options.WithStrictOrdering());

        await app.Maintenance.ResumeTypeAsync(Echo);
        await app.Maintenance.ResumeTypeAsync(Echo);
        (await app.ReadAsync(db => db.Set<WorkPausedType>().Select(p => p.OrderType).ToListAsync())).Should().Equal("unknown.here");
    }

    [Fact]
    public async Task What_no_type_can_be_called_and_agents_are_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Maintenance.PauseTypeAsync(Batch);
        var agent = app.Maintenance.As(Actor.Agent("agent-1"));

        foreach (var type in (string[])["", new string('x', 121), "a\0b"])
        {
            await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.PauseTypeAsync(type));
            await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.ResumeTypeAsync(type));
        }

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.PauseTypeAsync(Echo, new string('x', 2_001)));
        await app.RefusesAsync<ArgumentNullException>(null, () => app.Maintenance.PauseTypeAsync(null!));
        await app.RefusesAsync<ArgumentNullException>(null, () => app.Maintenance.ResumeTypeAsync(null!));
        (await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => agent.PauseTypeAsync(Echo))).Reason.Should().Be(ApprovalDeniedReason.Agent);
        await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => agent.ResumeTypeAsync(Batch));
        await app.Maintenance.PauseTypeAsync(new string('x', 120), new string('y', 2_000));
    }
}

public sealed class PauseTypeOnSqlite(SqliteFixture databases) : PauseTypeSpecification(databases), IOnSqlite;

public sealed class PauseTypeOnPostgreSql(PostgreSqlFixture databases) : PauseTypeSpecification(databases), IOnPostgreSql;
