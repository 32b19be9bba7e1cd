using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Dependencies;

/// <summary>Orders that come after other orders.</summary>
public abstract class OrderDependenciesSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] Reasons = [new("wrong", "It is.")];
    private static readonly GraphPayload One = Graphs.Of("a");

    [Fact]
    public async Task An_order_is_handed_out_once_all_orders_that_it_comes_after_are_completed()
    {
        await using var app = await Graphs.StartAsync(databases);
        var (first, second) = (await app.SubmittedEchoAsync(), await app.SubmittedEchoAsync());
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b:a"), first.Id, second.Id, first.Id);
        (order.BlockedBy, order.State).Should().Be((2, OrderState.Queued));
        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/1 b=Queued/2");
        (await app.OrderAsync(order.Id)).Events.Last().Payload.Should().Contain(second.Id.ToString());

        await app.Reviewer.ApproveAsync(first.Id);
        (await app.LeaseAllAsync()).Should().BeEmpty();
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await app.Reviewer.ApproveAsync(second.Id);

        var stored = await app.OrderAsync(order.Id);
        (stored.BlockedBy, stored.UpdatedAt, stored.Revision).Should().Be((0, app.Time.GetUtcNow(), 2));
        stored.Events.TakeLast(2).Select(e => (e.Event, e.ActorId, e.Payload!.Contains(second.Id.ToString(), StringComparison.Ordinal)))
            .Should().Equal(("dependency_met", "workmanager", false), ("dependency_met", "workmanager", true));
        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/0! b=Queued/1");
        (await app.DrainAsync()).Should().Equal("a", "b");
    }

    [Fact]
    public async Task An_order_that_is_completed_already_is_not_waited_for()
    {
        await using var app = await Graphs.StartAsync(databases);
        var done = await app.SubmittedEchoAsync();
        await app.Reviewer.ApproveAsync(done.Id);

        var order = await app.ProposeAsync<FailingGraph>(One, done.Id);

        order.BlockedBy.Should().Be(0);
        (await app.ReadAsync(db => db.Set<WorkOrderDependency>().SingleAsync())).MetAt.Should().Be(app.Time.GetUtcNow());
        (await app.DrainAsync()).Should().Equal("a");
    }

    [Fact]
    public async Task Orders_that_do_not_exist_or_belong_to_another_tenant_cannot_be_named()
    {
        await using var app = await Graphs.StartAsync(databases);
        var foreign = await app.Of("x").ProposeAsync(new EchoPayload("foreign"));

        foreach (var id in new[] { Guid.NewGuid(), foreign.Id })
        {
            (await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.ProposeAsync<FailingGraph>(One, id))).Id.Should().Be(id);
        }
    }

    [Fact]
    public async Task One_refused_proposal_of_a_batch_costs_only_itself()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.ProposeEchoAsync();

        var outcomes = await app.Requester.ProposeManyAsync(
        [
            new Proposal<EchoPayload>(new("one"), new() { After = [Guid.NewGuid()] }),
            new Proposal<EchoPayload>(new("two"), new() { After = [first.Id] }),
        ]);

        outcomes[0].Error.Should().BeOfType<WorkNotFoundException>();
        outcomes[1].Value.BlockedBy.Should().Be(1);
    }

    [Theory, InlineData("reject"), InlineData("cancel"), InlineData("give up"), InlineData("give up by age")]
    public async Task By_default_an_order_fails_if_one_that_it_waits_for_comes_to_nothing(string how)
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.ProposeEchoAsync();
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b:a"), first.Id);
        app.Time.Advance(TimeSpan.FromSeconds(1));

        await EndAsync(app, first.Id, how);

        var failed = await app.OrderAsync(order.Id);
        (failed.State, failed.BlockedBy, failed.ItemsOpen, failed.ItemsFailed).Should().Be((OrderState.Failed, 1, 2, 0));
        (failed.ReadError()!.Code, failed.ReadError()!.Details!.Value.GetProperty("order_id").GetGuid()).Should().Be(("dependency_failed", first.Id));
        (failed.Events.Last().Event, failed.Events.Last().ActorId).Should().Be(("failed", "workmanager"));
        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/2 b=Queued/3");
        (await app.Maintenance.SettleDependenciesAsync()).Should().Be(0);
        await app.RefusesAsync<WorkManagerException>("dependency_failed", () => app.Reviewer.RetryAsync(order.Id));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_order_that_failed_with_another_is_retried_once_that_is_open_again_or_done(bool isDone)
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.SubmittedEchoAsync();
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b:a"), first.Id);
        await app.Reviewer.RejectAsync(first.Id, Reasons);
        await app.Reviewer.ReturnForReworkAsync(first.Id, Reasons);
        var finish = async () =>
        {
            await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(orderId: first.Id), Steps.Verified);
            await app.Reviewer.ApproveAsync(first.Id);
        };
        if (isDone)
        {
            await finish();
            (await app.ShowAsync(order.Id)).Should().Be("a=Queued/1 b=Queued/2");
        }

        (await app.Maintenance.RetryAsync(new() { State = OrderState.Failed })).OrderIds.Should().Equal(order.Id);

        var retried = await app.OrderAsync(order.Id);
        (retried.State, retried.Error).Should().Be((OrderState.Queued, null));
        if (!isDone)
        {
            (await app.ShowAsync(order.Id)).Should().Be("a=Queued/1 b=Queued/2");
            await finish();
        }

        (await app.DrainAsync()).Should().Equal("a", "b");
    }

    [Fact]
    public async Task An_order_goes_on_waiting_for_one_that_has_failed_and_can_be_retried()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.ProposeEchoAsync();
        var order = await app.ProposeAsync<FailingGraph>(One, first.Id);
        await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), Graphs.Final);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Queued);

        await app.Reviewer.RetryAsync(first.Id);
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Steps.Verified);
        await app.Reviewer.ApproveAsync(first.Id);

        (await app.DrainAsync()).Should().Equal("a");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_order_type_can_let_its_orders_wait_or_go_on(bool goesOn)
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.ProposeEchoAsync();
        var order = goesOn ? await app.ProposeAsync<LenientGraph>(One, first.Id) : await app.ProposeAsync<WaitingGraph>(One, first.Id);

        await app.Reviewer.RejectAsync(first.Id, Reasons);

        var left = await app.OrderAsync(order.Id);
        (left.State, left.BlockedBy).Should().Be((OrderState.Queued, goesOn ? 0 : 1));
        (await app.DrainAsync()).Should().Equal(goesOn ? ["a"] : []);
        (await app.Maintenance.SettleDependenciesAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_proposal_that_would_wait_for_an_order_that_came_to_nothing_is_refused_unless_its_type_lets_it()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.ProposeEchoAsync();
        await app.Reviewer.RejectAsync(first.Id, Reasons);

        await app.RefusesAsync<WorkManagerException>("dependency_failed", () => app.ProposeAsync<FailingGraph>(One, first.Id));
        (await app.ProposeAsync<WaitingGraph>(One, first.Id)).BlockedBy.Should().Be(1);
        (await app.ProposeAsync<LenientGraph>(One, first.Id)).BlockedBy.Should().Be(0);
    }

    [Fact]
    public async Task The_duty_does_what_was_missed()
    {
        await using var app = await Graphs.StartAsync(databases);
        var (done, refused) = (await app.SubmittedEchoAsync(), await app.ProposeEchoAsync());
        var (after, vain) = (await app.ProposeAsync<FailingGraph>(One, done.Id), await app.ProposeAsync<FailingGraph>(One, refused.Id));
        var waits = await app.ProposeAsync<WaitingGraph>(One, refused.Id);
        await app.Reviewer.ApproveAsync(done.Id);
        // In a transaction of the caller's nobody is told when it is committed.
        await RejectInTransactionAsync(app, refused.Id);

        (await app.OrderAsync(after.Id)).BlockedBy.Should().Be(0);
        (await app.OrderAsync(vain.Id)).State.Should().Be(OrderState.Queued);
        (await app.Maintenance.SettleDependenciesAsync()).Should().Be(1);
        (await app.OrderAsync(vain.Id)).State.Should().Be(OrderState.Failed);
        (await app.OrderAsync(waits.Id)).State.Should().Be(OrderState.Queued);
        (await app.Maintenance.SettleDependenciesAsync()).Should().Be(0);
    }

    [Fact]
    public async Task What_is_held_or_closed_while_it_waits_is_free_once_both_have_ended()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.SubmittedEchoAsync();
        var (held, closed) = (await app.ProposeAsync<FailingGraph>(One, first.Id), await app.ProposeAsync<FailingGraph>(One, first.Id));
        await app.Reviewer.HoldAsync(held.Id);
        await app.Requester.CancelAsync(closed.Id);

        await app.Reviewer.ApproveAsync(first.Id);
        (await app.LeaseAllAsync()).Should().BeEmpty();
        (await app.OrderAsync(closed.Id)).State.Should().Be(OrderState.Rejected);
        await app.Reviewer.ResumeAsync(held.Id);
        await app.Reviewer.ReturnForReworkAsync(closed.Id, Reasons);

        (await app.Agent("agent-1").CheckoutManyAsync(9)).Select(l => l.OrderId).Should().BeEquivalentTo([held.Id, closed.Id]);
    }

    [Fact]
    public async Task An_order_is_not_opened_again_while_one_that_it_waits_for_is_closed()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.ProposeEchoAsync();
        var order = await app.ProposeAsync<FailingGraph>(One, first.Id);
        await app.Requester.CancelAsync(order.Id);
        await app.Reviewer.RejectAsync(first.Id, Reasons);

        await app.RefusesAsync<WorkManagerException>("dependency_failed", () => app.Reviewer.ReturnForReworkAsync(order.Id, Reasons));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_is_opened_again_looks_at_what_it_waits_for(bool retries)
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.ProposeEchoAsync();
        var order = await app.ProposeAsync<LenientGraph>(One, first.Id);
        if (retries)
        {
            await app.Reviewer.HoldAsync(order.Id);
        }
        else
        {
            await app.Requester.CancelAsync(order.Id);
        }

        // In a transaction of the caller's: nobody is told.
        await RejectInTransactionAsync(app, first.Id);
        await (retries ? app.Reviewer.ResumeAsync(order.Id) : app.Reviewer.ReturnForReworkAsync(order.Id, Reasons));

        (await app.DrainAsync()).Should().Equal("a");
    }

    [Fact]
    public async Task Who_closes_an_order_frees_a_hundred_and_the_duty_frees_the_rest()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.SubmittedEchoAsync();
        var waits = new ProposeOptions { After = [first.Id] };
        await app.Requester.ProposeManyAsync([.. Enumerable.Range(0, 203).Select(i => new Proposal<EchoPayload>(new($"{i}"), waits))]);

        await app.Reviewer.ApproveAsync(first.Id);

        (await app.Agent("agent-1").CheckoutManyAsync(300)).Should().HaveCount(100);
        (await app.Maintenance.SettleDependenciesAsync()).Should().Be(103);
        (await app.Agent("agent-1").CheckoutManyAsync(300)).Should().HaveCount(103);
    }

    [Fact]
    public async Task What_is_given_up_keeps_why_it_failed()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.ProposeEchoAsync();
        var order = await app.ProposeAsync<FailingGraph>(One, first.Id);
        await app.Reviewer.RejectAsync(first.Id, Reasons);

        var dead = await app.Reviewer.DeadLetterAsync(order.Id);

        dead.ReadError()!.Details!.Value[0].GetProperty("code").GetString().Should().Be("dependency_failed");
        await app.Reviewer.ReturnForReworkAsync(first.Id, Reasons);
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Steps.Verified);
        var revision = (await app.OrderAsync(order.Id)).Revision;
        await app.Reviewer.ApproveAsync(first.Id);
        (await app.OrderAsync(order.Id)).Revision.Should().Be(revision, "nothing is done to what is given up");
    }

    [Fact]
    public async Task Null_and_too_many_orders_are_refused()
    {
        await using var app = await Graphs.StartAsync(databases);

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync<FailingGraph>(One, new() { After = null! }));
        var refused = await app.RefusesAsync<WorkLimitException>(
            "plan_too_large", () => app.ProposeAsync<FailingGraph>(One, [.. Enumerable.Range(0, 1001).Select(_ => Guid.NewGuid())]));
        refused.Limit.Should().Be(1000);
    }

    [Fact]
    public async Task What_is_returned_while_its_order_waits_waits_with_it()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.SubmittedEchoAsync();
        var order = await app.ProposeAsync<FailingGraph>(One, first.Id);
        await app.Requester.CancelAsync(order.Id);
        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);
        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/1");

        await app.Reviewer.ApproveAsync(first.Id);

        (await app.DrainAsync()).Should().Equal("a");
    }

    [Fact]
    public async Task An_order_for_which_others_wait_is_not_pruned()
    {
        await using var app = await ShopApp.StartAsync(
            databases, b => b.AddOrderType<WaitingGraph>(), o => o.Maintenance.PruneRejectedAfter = TimeSpan.FromDays(1));
        var (awaited, other) = (await app.ProposeEchoAsync(), await app.ProposeEchoAsync());
        var order = await app.ProposeAsync<WaitingGraph>(One, awaited.Id);
        await app.Reviewer.RejectAsync(awaited.Id, Reasons);
        await app.Reviewer.RejectAsync(other.Id, Reasons);
        app.Time.Advance(TimeSpan.FromDays(2));

        (await app.Maintenance.PruneAsync(dryRun: true)).Rejected.Should().Be(1);
        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(1);

        (await app.OrderAsync(awaited.Id)).State.Should().Be(OrderState.Rejected);
        await app.Requester.CancelAsync(order.Id);
        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(0, "what was cancelled can be opened again");
        await app.Reviewer.DeadLetterAsync(order.Id);
        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(1);
        (await app.ReadAsync(db => db.Set<WorkOrderDependency>().CountAsync())).Should().Be(0);
    }

    private static async Task RejectInTransactionAsync(ShopApp app, Guid orderId)
    {
        await using var scope = app.NewScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.User("bert")).RejectAsync(orderId, Reasons);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task EndAsync(ShopApp app, Guid orderId, string how)
    {
        if (how is "give up" or "give up by age")
        {
            await app.Agent("agent-1").FailAsync(await app.LeaseAsync(orderId: orderId), Graphs.Final);
        }

        app.Time.Advance(TimeSpan.FromDays(how == "give up by age" ? 30 : 0));
        await (how switch
        {
            "reject" => (Task)app.Reviewer.RejectAsync(orderId, Reasons),
            "cancel" => app.Requester.CancelAsync(orderId),
            "give up" => app.Reviewer.DeadLetterAsync(orderId),
            _ => app.Maintenance.DeadLetterDueAsync(),
        });
    }
}

public sealed class OrderDependenciesOnSqlite(SqliteFixture databases) : OrderDependenciesSpecification(databases), IOnSqlite;

public sealed class OrderDependenciesOnPostgreSql(PostgreSqlFixture databases) : OrderDependenciesSpecification(databases), IOnPostgreSql;
