using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Dependencies;

/// <summary>What others do between two statements of a call. On SQLite there is one writer, and nothing comes in between.</summary>
public sealed class DependenciesBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task An_item_that_is_claimed_while_another_is_retried_goes_on_without_it()
    {
        await using var app = await Graphs.StartAsync(databases);
        var order = await app.ProposeAsync<LenientGraph>(Graphs.Of("a", "b:a", "c:a"));
        var failed = (await app.LeaseAllAsync())["a"];
        await app.Agent("agent-1").FailAsync(failed, Graphs.Final);
        // The retry has read what waits, and cannot write yet.
        await using var hold = await app.HoldAsync($"SELECT id FROM work_items WHERE id = '{failed.Item.Id}' FOR UPDATE");
        var retry = app.Reviewer.RetryAsync(order.Id);
        await app.WaitsAsync(retry);
        var claimed = await app.LeaseAsync("agent-2");
        await hold.DisposeAsync();

        await retry;

        var (begun, other) = claimed.Input<Node>().Name == "b" ? ("b", "c") : ("c", "b");
        (await app.ShowAsync(order.Id)).Should().Contain($"{begun}=Leased/0").And.Contain($"{other}=Queued/1");
        await app.Agent("agent-2").SubmitAsync(claimed, new Answer("done"));
        (await app.DrainAsync()).Should().Equal("a", other);
    }

    [Fact]
    public async Task An_order_that_is_stored_after_the_one_before_it_has_ended_goes_on()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.SubmittedEchoAsync();
        // The proposal has seen that the other one is open, and is not stored yet.
        await using var hold = await app.HoldAsync("LOCK TABLE work_order_dependencies IN EXCLUSIVE MODE");
        var propose = app.ProposeAsync<FailingGraph>(Graphs.Of("a"), first.Id);
        await app.WaitsAsync(propose);
        await app.Reviewer.ApproveAsync(first.Id);
        await hold.DisposeAsync();

        var order = await propose;

        (order.BlockedBy, (await app.OrderAsync(order.Id)).BlockedBy).Should().Be((1, 0));
        (await app.DrainAsync()).Should().Equal("a");
    }

    [Fact]
    public async Task An_order_that_is_stored_while_the_one_before_it_is_written_goes_on()
    {
        await using var app = await Graphs.StartAsync(databases);
        await LetCallsBeHeldAsync(app);
        var first = await app.SubmittedEchoAsync();
        // The proposal has stored that it waits for the other one, and has not committed.
        await using var proposing = await app.HoldAsync(HoldProposals);
        var propose = app.ProposeAsync<FailingGraph>(Graphs.Of("a"), first.Id);
        await app.WaitsAsync(propose);
        await using var committing = await app.HoldAsync(HoldCommits);
        var approve = app.Reviewer.ApproveAsync(first.Id);
        await app.WaitsAsync(approve, waiting: 2);
        // Now the approval has looked who waits, and the proposal looks before the approval is committed.
        await proposing.DisposeAsync();
        var order = await propose;
        approve.IsCompleted.Should().BeFalse();
        await committing.DisposeAsync();

        await approve;

        (order.BlockedBy, (await app.OrderAsync(order.Id)).BlockedBy).Should().Be((1, 0));
    }

    [Fact]
    public async Task An_order_that_is_proposed_while_the_one_before_it_is_committed_waits_for_the_commit_and_goes_on()
    {
        await using var app = await Graphs.StartAsync(databases);
        await LetCallsBeHeldAsync(app);
        var first = await app.SubmittedEchoAsync();
        await using var committing = await app.HoldAsync(HoldCommits);
        var approve = app.Reviewer.ApproveAsync(first.Id);
        await app.WaitsAsync(approve);
        var propose = app.ProposeAsync<FailingGraph>(Graphs.Of("a"), first.Id);
        await app.WaitsAsync(propose, waiting: 2);
        await committing.DisposeAsync();

        await approve;
        var order = await propose;

        (order.BlockedBy, (await app.OrderAsync(order.Id)).BlockedBy).Should().Be((1, 0));
    }

    [Fact]
    public async Task An_order_that_is_stored_while_the_one_before_it_is_applied_as_it_was_reviewed_goes_on()
    {
        await using var app = await Graphs.StartAsync(databases);
        await LetCallsBeHeldAsync(app);
        var first = await app.SubmittedEchoAsync();
        var hash = (await app.Reviewer.PreviewAsync(first.Id)).ContentHash!.Value;
        // The approval sees the database as it was before the proposal.
        await using var applying = await app.HoldAsync("LOCK TABLE work_events IN EXCLUSIVE MODE");
        var approve = app.Reviewer.ApproveAsync(first.Id, hash);
        await app.WaitsAsync(approve);
        await using var committing = await app.HoldAsync(HoldCommits);
        await applying.DisposeAsync();
        await app.WaitsAsync(approve, kind: "advisory");
        var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a"), first.Id);
        await committing.DisposeAsync();

        await approve;

        (order.BlockedBy, (await app.OrderAsync(order.Id)).BlockedBy).Should().Be((1, 0));
    }

    [Fact]
    public async Task An_order_that_somebody_has_locked_keeps_no_other_from_going_on()
    {
        await using var app = await Graphs.StartAsync(databases);
        var first = await app.SubmittedEchoAsync();
        var (locked, free) = (await app.ProposeAsync<FailingGraph>(Graphs.Of("a"), first.Id), await app.ProposeAsync<FailingGraph>(Graphs.Of("b"), first.Id));
        await using var hold = await app.HoldAsync($"SELECT id FROM work_orders WHERE id = '{locked.Id}' FOR UPDATE");

        (await app.Reviewer.ApproveAsync(first.Id)).State.Should().Be(OrderState.Completed);
        (await app.Maintenance.SettleDependenciesAsync()).Should().Be(0);

        (await app.OrderAsync(free.Id)).BlockedBy.Should().Be(0);
        await hold.DisposeAsync();
        (await app.Maintenance.SettleDependenciesAsync()).Should().Be(1);
        (await app.OrderAsync(locked.Id)).BlockedBy.Should().Be(0);
    }

    [Fact]
    public async Task An_order_that_somebody_waits_for_since_it_was_found_is_not_pruned()
    {
        await using var app = await ShopApp.StartAsync(
            databases, b => b.AddOrderType<WaitingGraph>(), o => o.Maintenance.PruneRejectedAfter = TimeSpan.FromDays(1));
        var first = await app.ProposeEchoAsync();
        await app.Reviewer.RejectAsync(first.Id, [new("no", "No.")]);
        app.Time.Advance(TimeSpan.FromDays(2));
        // The prune has begun to delete, and has not come to the order yet.
        await using var hold = await app.HoldAsync("LOCK TABLE work_decisions IN EXCLUSIVE MODE");
        var prune = app.Maintenance.PruneAsync();
        await app.WaitsAsync(prune);
        await app.ProposeAsync<WaitingGraph>(Graphs.Of("a"), first.Id);
        await hold.DisposeAsync();

        var result = await prune;

        (result.Rejected, result.Refused.Single().Value.Code).Should().Be((0, "store_refused"));
        (await app.OrderAsync(first.Id)).Events.Should().NotBeEmpty();
    }

    private const string HoldProposals = "SELECT pg_advisory_xact_lock(1)";

    private const string HoldCommits = "SELECT pg_advisory_xact_lock(2)";

    // A proposal that has stored its dependencies waits for the one lock, and a commit that completes an order for the other.
    private static async Task LetCallsBeHeldAsync(ShopApp app)
    {
        await app.Database.ExecuteAsync(
            """
            CREATE FUNCTION wait_for_lock() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NULL; END'
            """);
        await app.Database.ExecuteAsync("CREATE TRIGGER wait AFTER INSERT ON work_provenances FOR EACH ROW EXECUTE FUNCTION wait_for_lock(1)");
        await app.Database.ExecuteAsync(
            "CREATE CONSTRAINT TRIGGER wait AFTER UPDATE ON work_orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'completed') "
            + "EXECUTE FUNCTION wait_for_lock(2)");
    }
}
