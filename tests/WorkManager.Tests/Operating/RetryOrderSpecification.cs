using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Leasing;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>An operator has failed items tried again.</summary>
public abstract class RetryOrderSpecification(DatabaseFixture databases)
{
    private static readonly WorkFailure Final = new("broken", "It is.") { Retryable = false };

    [Fact, Trait("Scenario", "S41"), Trait("Bug", "B28")]
    public async Task A_failed_item_is_queued_without_its_error_and_with_all_its_attempts_and_its_order_goes_on()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await FailedAsync(app);
        app.Time.Advance(TimeSpan.FromMinutes(5));

        var retried = await app.Reviewer.RetryAsync(order);

        (retried.State, retried.ItemsOpen, retried.ItemsFailed, retried.LastTransitionedAt).Should().Be((OrderState.Queued, 1, 0, app.Time.GetUtcNow()));
        var stored = await app.OrderAsync(order);
        stored.Should().BeEquivalentTo(retried, o => o.Excluding(x => x.Items).Excluding(x => x.Events).Excluding(x => x.AllItemsComplete));
        var item = stored.Items.Single();
        (item.State, item.Error, item.Attempts, item.ReadyAt).Should().Be((ItemState.Queued, null, (short)0, app.Time.GetUtcNow()));
        stored.Events.TakeLast(2).Select(e => (e.Event, e.ItemId is null, e.ActorId)).Should().Equal(("requeued", false, "bert"), ("requeued", true, "bert"));
        var lease = await app.LeaseAsync("agent-2");
        lease.EarlierFailures.Select(f => f.Code).Should().Equal("broken");
        await app.Agent("agent-2").SubmitAsync(lease, Steps.Verified);
        (await app.Reviewer.ApproveAsync(order)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task Attempts_count_on_if_that_is_asked_for()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await FailedAsync(app);

        await app.Reviewer.RetryAsync(order, keepAttempts: true);

        (await app.OrderAsync(order)).Items.Single().Attempts.Should().Be(1);
        await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), new WorkFailure("again", "It is."));
        (await app.OrderAsync(order)).State.Should().Be(OrderState.Failed, "it had two attempts");
    }

    [Fact]
    public async Task Only_the_named_items_are_tried_again_also_while_others_are_worked_on()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(3));
        var leases = await app.Agent("agent-1").CheckoutManyAsync(3);
        await app.Agent("agent-1").FailManyAsync([new(leases[0], Final), new(leases[1], Final)]);

        var retried = await app.Reviewer.RetryAsync(order.Id, [leases[1].Item.Id]);

        (retried.State, retried.ItemsOpen, retried.ItemsFailed).Should().Be((OrderState.CheckedOut, 2, 1));
        (await app.ItemAsync(leases[0].Item.Id)).State.Should().Be(ItemState.Failed);
        (await app.ItemAsync(leases[1].Item.Id)).State.Should().Be(ItemState.Queued);
        await app.Agent("agent-1").HeartbeatAsync(leases[2]);
    }

    [Fact]
    public async Task What_was_taken_out_when_an_order_failed_at_once_comes_back()
    {
        await using var app = await ShopApp.StartAsync(databases, builder => builder.AddOrderType<ItemFailureSpecification.AtOnce>());
        var order = await app.Requester.ProposeAsync(new ItemFailureSpecification.AtOncePayload(3));
        var leases = await app.Agent("agent-1").CheckoutManyAsync(2);
        await app.Agent("agent-1").FailManyAsync([new(leases[0], Final), new(leases[1], Final)]);

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.RetryAsync(order.Id, [leases[0].Item.Id]));
        await app.Reviewer.RetryAsync(order.Id);

        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.ItemsOpen).Should().Be((OrderState.Queued, 3));
        stored.Items.Should().OnlyContain(i => i.State == ItemState.Queued && i.BlockedBy == 0 && i.ReadyAt != null);
        (await app.Agent("agent-1").CheckoutManyAsync(5)).Should().HaveCount(3);
    }

    [Fact]
    public async Task An_order_that_is_approved_by_itself_is_so_after_a_retry_too()
    {
        var script = new Script { AutoApprove = true };
        await using var app = await script.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new Note("n"));
        await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), Final);

        await app.Reviewer.RetryAsync(order.Id);

        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new Answer("done"));
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task What_cannot_be_retried_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var failed = await FailedAsync(app);
        var live = await app.ProposeEchoAsync();
        var submitted = await app.SubmittedEchoAsync();
        var other = live.Items.Single().Id;

        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.RetryAsync(live.Id));
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.RetryAsync(live.Id, [other]));
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.RetryAsync(submitted.Id));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.RetryAsync(failed, [other]));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.RetryAsync(Guid.NewGuid()));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.RetryAsync(failed, []));
        await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => app.Agent("agent-9").RetryAsync(failed));
    }

    [Fact]
    public async Task Many_orders_are_retried_by_what_they_have_in_common()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (first, second) = (await FailedAsync(app), await FailedAsync(app));
        app.Time.Advance(TimeSpan.FromHours(1));
        var young = await FailedAsync(app);
        await app.ProposeEchoAsync();
        var selection = new WorkSelection { Type = "test.echo", OlderThan = TimeSpan.FromMinutes(30) };

        var dry = await app.Maintenance.RetryAsync(selection with { DryRun = true });
        var one = await app.Maintenance.RetryAsync(selection with { Limit = 1 });
        var rest = await app.Maintenance.As(Actor.User("olga")).RetryAsync(selection);

        dry.OrderIds.Should().Equal(first, second);
        (one.OrderIds.Single(), one.HasMore).Should().Be((first, true));
        (rest.OrderIds.Single(), rest.HasMore, rest.Refused.Count).Should().Be((second, false, 0));
        (await app.OrderAsync(first)).Events.Last().ActorId.Should().Be("maintenance");
        (await app.OrderAsync(second)).Events.Last().ActorId.Should().Be("olga");
        (await app.OrderAsync(young)).State.Should().Be(OrderState.Failed);
        (await app.Maintenance.RetryAsync(selection with { State = OrderState.Submitted })).OrderIds.Should().BeEmpty();
    }

    [Fact]
    public async Task The_orders_that_an_agent_has_worked_on_are_retried()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var others = await FailedAsync(app, "agent-2");
        var person = app.By(Actor.User("agent-1"));
        await app.ProposeEchoAsync();
        await person.FailAsync((await person.CheckoutAsync())!, Final);
        var (own, passedOn) = (await FailedAsync(app), await app.ProposeEchoAsync());
        await app.Agent("agent-1").ReleaseAsync(await app.LeaseAsync(orderId: passedOn.Id));
        await app.Agent("agent-2").FailAsync(await app.LeaseAsync("agent-2", passedOn.Id), Final);
        var proposed = await app.Agent("agent-1").ProposeAsync(new EchoPayload("for others"));
        await app.Agent("agent-2").FailAsync(await app.LeaseAsync("agent-2", proposed.Id), Final);

        var retried = await app.Maintenance.RetryAsync(new() { AgentId = "agent-1" });

        retried.OrderIds.Should().Equal(own, passedOn.Id);
        (await app.OrderAsync(others)).State.Should().Be(OrderState.Failed);
        (await app.Maintenance.RetryAsync(new() { AgentId = "agent-2", Type = "test.echo", DryRun = true })).OrderIds.Should().Equal(others, proposed.Id);
        (await app.Maintenance.RetryAsync(new() { AgentId = "agent" })).OrderIds.Should().BeEmpty();
    }

    [Fact]
    public async Task An_order_that_is_refused_does_not_stop_the_others()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var first = await FailedAsync(app);
        var own = await app.Agent("planner").ProposeAsync(new EchoPayload("mine"));
        await app.Agent("agent-1").FailAsync(await app.LeaseAsync(orderId: own.Id), Final);

        var result = await app.Maintenance.As(Actor.Agent("planner")).RetryAsync(new() { OrderIds = [first, own.Id, Guid.NewGuid()] });

        result.OrderIds.Should().Equal(own.Id);
        (result.Refused.Single().Key, result.Refused.Single().Value.Code).Should().Be((first, "approval_denied"));
        (await app.OrderAsync(first)).State.Should().Be(OrderState.Failed);
    }

    [Fact]
    public async Task A_selection_that_says_nothing_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await FailedAsync(app);

        WorkSelection[] bad =
        [
            new(), new() { All = true, Limit = 0 }, new() { All = true, Limit = 1001 }, new() { OrderIds = [] }, new() { OlderThan = TimeSpan.FromSeconds(-1) },
            new() { Type = "a\0" }, new() { TenantId = "a\0" }, new() { AgentId = "a\0" },
        ];
        foreach (var selection in bad)
        {
            await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.RetryAsync(selection));
        }

        await app.RefusesAsync<ArgumentNullException>(null, () => app.Maintenance.RetryAsync(null!));
        (await app.Maintenance.RetryAsync(new() { All = true })).OrderIds.Should().Equal(order);
    }

    internal static async Task<Guid> FailedAsync(ShopApp app, string agent = "agent-1")
    {
        var order = await app.ProposeEchoAsync();
        await app.Agent(agent).FailAsync(await app.LeaseAsync(agent, order.Id), Final);
        return order.Id;
    }
}

public sealed class RetryOrderOnSqlite(SqliteFixture databases) : RetryOrderSpecification(databases), IOnSqlite;

public sealed class RetryOrderOnPostgreSql(PostgreSqlFixture databases) : RetryOrderSpecification(databases), IOnPostgreSql;
