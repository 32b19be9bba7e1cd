using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Dependencies;

/// <summary>Items that come after other items of their order.</summary>
public abstract class ItemDependenciesSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] Reasons = [new("wrong", "Do it again.")];

    [Fact, Trait("Bug", "B74")]
    public async Task An_item_is_handed_out_once_all_that_it_comes_after_have_a_result()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Diamond);
        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/0! b=Queued/1 c=Queued/1 d=Queued/2");
        (await app.OrderAsync(order.Id)).Events.Last().Payload.Should().Contain("\"dependency_count\":4");

        await app.SubmitAsync((await app.LeaseAllAsync())["a"]);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var leases = await app.LeaseAllAsync();
        await app.SubmitAsync(leases["c"]);

        (await app.ShowAsync(order.Id)).Should().Be("a=Submitted/0 b=Leased/0 c=Submitted/0 d=Queued/1");
        (await app.LeaseAllAsync()).Should().BeEmpty();
        await app.SubmitAsync(leases["b"]);
        var ready = (await app.OrderAsync(order.Id)).Items.Single(i => i.State == ItemState.Queued);
        (ready.ReadyAt, ready.UpdatedAt, ready.Revision).Should().Be((app.Time.GetUtcNow(), app.Time.GetUtcNow(), 2));
        (await app.DrainAsync()).Should().Equal("d");
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task Results_of_one_call_free_what_comes_after_several_of_them()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b", "c:a,b", "d:a", "e:b,c"));
        var other = await app.ProposeAsync<FailingGraph>(Graphs.Of("x", "y:x"));

        await app.SubmitAsync((await app.LeaseAllAsync()).Values);

        (await app.ShowAsync(order.Id)).Should().Be("a=Submitted/0 b=Submitted/0 c=Queued/0! d=Queued/0! e=Queued/1");
        (await app.ShowAsync(other.Id)).Should().Be("x=Submitted/0 y=Queued/0!");
        (await app.DrainAsync()).Should().Equal("c,d,y", "e");
    }

    [Fact]
    public async Task An_item_keeps_its_time_while_it_waits_for_another()
    {
        await using var app = await Graphs.StartAsync(databases);
        var at = app.Time.GetUtcNow().AddMinutes(10);
        var order = await app.Requester.ProposeAsync<FailingGraph>(new GraphPayload([new("a", []), new("b", ["a"], at)]));

        (await app.DrainAsync()).Should().Equal("a");

        (await app.ShowAsync(order.Id)).Should().Be("a=Submitted/0 b=Queued/0");
        app.Time.Advance(TimeSpan.FromMinutes(10));
        (await app.DrainAsync()).Should().Equal("b");
    }

    [Fact]
    public async Task What_an_item_comes_after_must_not_be_null()
    {
        var script = new Script { Plan = note => [new(note) { After = null! }] };
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Scripted>().Services.AddSingleton(script));

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(new Note("n")));
        script.Plan = note => [new(note) { After = [null!] }];
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(new Note("n")));
        script.Plan = note => { var twice = new PlannedItem<Note>(note); return [twice, twice, new(note) { After = [twice] }]; };
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(new Note("n")));
    }

    [Theory]
    [InlineData("dependency_cycle", "a:c", "b:a", "c:b", "d", "e:c")]
    [InlineData("dependency_cycle", "a:a")]
    [InlineData("validation_failed", "a", "b:missing")]
    public async Task A_plan_whose_items_wait_for_themselves_or_for_none_of_it_is_refused(string code, params string[] nodes)
    {
        await using var app = await Graphs.StartAsync(databases);

        var refused = await app.RefusesAsync<WorkValidationException>(code, () => app.ProposeAsync<FailingGraph>(Graphs.Of(nodes)));

        refused.Errors.Single().Message.Should().Contain(code == "dependency_cycle" ? "comes after itself" : "the plan has not");
    }

    [Fact]
    public async Task An_item_may_name_another_twice_and_an_order_may_have_so_many_dependencies()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<FailingGraph>(), o => o.Limits.MaxDependencies = 2);

        var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b:a,a"));

        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/0! b=Queued/1");
        var refused = await app.RefusesAsync<WorkLimitException>("plan_too_large", () => app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b:a", "c:a,b")));
        refused.Limit.Should().Be(2);
    }

    [Fact]
    public async Task By_default_what_waits_fails_with_an_item_that_has_failed_and_with_it_the_order()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b:a", "c:b", "d"));
        var leases = await app.LeaseAllAsync();
        app.Time.Advance(TimeSpan.FromSeconds(1));

        await app.Agent("agent-1").FailAsync(leases["a"], Graphs.Final);

        (await app.ShowAsync(order.Id)).Should().Be("a=Failed/0 b=Failed/1 c=Failed/1 d=Leased/0");
        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.ItemsOpen, stored.ItemsFailed).Should().Be((OrderState.CheckedOut, 1, 3));
        var (a, b) = (await app.ItemIdAsync(order.Id, "a"), stored.Items.Single(i => i.ReadInput<Node>().Name == "b"));
        (b.ReadError()!.Code, b.ReadError()!.Details!.Value.GetProperty("item_id").GetGuid()).Should().Be(("dependency_failed", a));
        stored.Events.Where(e => e.Event == "failed").Should().HaveCount(3).And.OnlyContain(e => e.ActorId == "workmanager");
        await app.SubmitAsync(leases["d"]);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Failed);
    }

    [Fact]
    public async Task What_has_failed_with_another_is_retried_with_it_and_waits_for_it()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b:a", "c:b", "d"));
        var leases = await app.LeaseAllAsync();
        await app.SubmitAsync(leases["d"]);
        await app.Agent("agent-1").FailAsync(leases["a"], Graphs.Final);

        await app.Reviewer.RetryAsync(order.Id, [leases["a"].Item.Id]);

        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/0! b=Queued/1 c=Queued/1 d=Submitted/0");
        (await app.DrainAsync()).Should().Equal("a", "b", "c");
        (await app.Reviewer.ApproveAsync(order.Id)).ItemsFailed.Should().Be(0);
    }

    [Fact]
    public async Task What_waits_for_another_that_has_failed_too_is_not_retried_and_says_so()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<ReviewedGraph>(Graphs.Of("a", "b", "c:a,b", "d:c", "e"));
        var leases = await app.LeaseAllAsync();
        await app.Agent("agent-1").FailManyAsync([new(leases["a"], Graphs.Final), new(leases["b"], Graphs.Final)]);

        var waiting = await app.ItemIdAsync(order.Id, "c");
        await app.RefusesAsync<WorkManagerException>("dependency_failed", () => app.Reviewer.RetryAsync(order.Id, [waiting]));
        await app.Reviewer.RetryAsync(order.Id, [leases["a"].Item.Id]);

        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/0! b=Failed/0 c=Failed/2 d=Failed/1 e=Leased/0");
        (await app.DrainAsync()).Should().Equal("a");
        await app.SubmitAsync(leases["e"]);
        (await app.ShowAsync(order.Id)).Should().Be("a=Submitted/0 b=Failed/0 c=Failed/1 d=Failed/1 e=Submitted/0");
        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, [leases["b"].Item.Id]);
        (await app.DrainAsync()).Should().Equal("b", "c", "d");
        (await app.Reviewer.ApproveAsync(order.Id)).ItemsFailed.Should().Be(0);
    }

    [Fact]
    public async Task An_order_that_fails_at_once_takes_out_what_waits_and_a_retry_brings_it_back()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<AtOnceGraph>(Graphs.Of("a", "b:a", "c"));
        await app.Agent("agent-1").FailAsync((await app.LeaseAllAsync())["a"], Graphs.Final);
        (await app.ShowAsync(order.Id)).Should().Be("a=Failed/0 b=Queued/2 c=Queued/1");

        await app.Reviewer.RetryAsync(order.Id);

        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/0! b=Queued/1 c=Queued/0!");
        (await app.DrainAsync()).Should().Equal("a,c", "b");
    }

    [Fact]
    public async Task An_order_type_can_let_what_waits_wait_until_somebody_retries()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<WaitingGraph>(Graphs.Of("a", "b:a"));
        await app.Agent("agent-1").FailAsync((await app.LeaseAllAsync())["a"], Graphs.Final);

        (await app.ShowAsync(order.Id)).Should().Be("a=Failed/0 b=Queued/1");
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Queued);
        await app.Reviewer.RetryAsync(order.Id);
        (await app.DrainAsync()).Should().Equal("a", "b");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_order_type_can_let_what_waits_go_on_without_it(bool expires)
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<LenientGraph>(Graphs.Of("a", "b:a"));
        if (expires)
        {
            for (var attempt = 0; attempt < 2; attempt++)
            {
                await app.LeaseAllAsync();
                app.Time.Advance(TimeSpan.FromMinutes(5));
                await app.Maintenance.ReclaimExpiredAsync();
                app.Time.Advance(TimeSpan.FromMinutes(5));
            }
        }
        else
        {
            await app.Agent("agent-1").FailAsync((await app.LeaseAllAsync())["a"], Graphs.Final);
        }

        (await app.ShowAsync(order.Id)).Should().Be("a=Failed/0 b=Queued/0!");
        (await app.DrainAsync()).Should().Equal("b");
        (await app.Reviewer.ApproveAsync(order.Id)).ItemsFailed.Should().Be(1);
    }

    [Fact]
    public async Task What_went_on_without_an_item_waits_for_it_again_when_it_is_retried_unless_it_has_begun()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<LenientGraph>(Graphs.Of("a", "b:a", "c:a"));
        await app.Agent("agent-1").FailAsync((await app.LeaseAllAsync())["a"], Graphs.Final);
        var begun = await app.LeaseAsync("agent-2");
        (await app.MetAsync()).Should().Equal(true, true);

        await app.Reviewer.RetryAsync(order.Id);

        (await app.MetAsync()).Should().BeEquivalentTo([true, false]);
        var waits = begun.Input<Node>().Name == "b" ? "c" : "b";
        (await app.DrainAsync()).Should().Equal("a", waits);
        await app.Agent("agent-2").SubmitAsync(begun, new Answer("done"));
        (await app.Reviewer.ApproveAsync(order.Id)).ItemsFailed.Should().Be(0);
    }

    [Fact]
    public async Task What_comes_after_an_item_that_is_returned_for_rework_is_done_again_after_it()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Diamond);
        await app.DrainAsync();

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, [await app.ItemIdAsync(order.Id, "b")]);

        (await app.ShowAsync(order.Id)).Should().Be("a=Submitted/0 b=Queued/0! c=Submitted/0 d=Queued/1");
        (await app.OrderAsync(order.Id)).Items.Sum(i => i.ReworkCount).Should().Be(2);
        (await app.DrainAsync()).Should().Equal("b", "d");
        // What comes after counts, too: d was done again already.
        await app.RefusesAsync<WorkLimitException>(
            "rework_limit", () => app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, [app.ItemIdAsync(order.Id, "c").GetAwaiter().GetResult()]));
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task An_order_type_can_keep_the_results_that_come_after()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<KeepingGraph>(Graphs.Diamond);
        await app.DrainAsync();
        var (b, d) = (await app.ItemIdAsync(order.Id, "b"), await app.ItemIdAsync(order.Id, "d"));

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, [b]);
        (await app.ShowAsync(order.Id)).Should().Be("a=Submitted/0 b=Queued/0! c=Submitted/0 d=Submitted/0");
        (await app.DrainAsync()).Should().Equal("b");

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, [b, d]);
        (await app.DrainAsync()).Should().Equal("b", "d");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_rejected_order_that_is_opened_again_is_done_again_in_its_order(bool wasDone)
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Diamond);
        await app.SubmitAsync((await app.LeaseAllAsync())["a"]);
        if (wasDone)
        {
            await app.DrainAsync();
        }

        await app.Reviewer.RejectAsync(order.Id, Reasons);
        (await app.LeaseAllAsync()).Should().BeEmpty();
        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);

        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/0! b=Queued/1 c=Queued/1 d=Queued/2");
        (await app.DrainAsync()).Should().Equal("a", "b,c", "d");
    }

    [Fact]
    public async Task An_order_that_is_held_and_resumed_goes_on_in_its_order()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Diamond);
        await app.SubmitAsync((await app.LeaseAllAsync())["a"]);
        await app.LeaseAsync();

        await app.Reviewer.HoldAsync(order.Id);
        (await app.ShowAsync(order.Id)).Should().Be("a=Submitted/0 b=Queued/1 c=Queued/1 d=Queued/3");
        await app.Reviewer.ResumeAsync(order.Id);

        (await app.DrainAsync()).Should().Equal("b,c", "d");
    }

    [Fact]
    public async Task A_failed_attempt_a_release_and_a_revoked_lease_free_nothing()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b:a"));
        await app.Agent("agent-1").ReleaseAsync((await app.LeaseAllAsync())["a"]);
        await app.Agent("agent-1").FailAsync((await app.LeaseAllAsync())["a"], Graphs.Final with { Retryable = true, RetryAfter = TimeSpan.Zero });
        await app.LeaseAllAsync();
        await app.Maintenance.RevokeLeasesAsync(new() { OrderId = order.Id });

        (await app.ShowAsync(order.Id)).Should().Be("a=Queued/0! b=Queued/1");
        (await app.DrainAsync()).Should().Equal("a", "b");
    }
}

public sealed class ItemDependenciesOnSqlite(SqliteFixture databases) : ItemDependenciesSpecification(databases), IOnSqlite;

public sealed class ItemDependenciesOnPostgreSql(PostgreSqlFixture databases) : ItemDependenciesSpecification(databases), IOnPostgreSql;
