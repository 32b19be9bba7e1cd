using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

public abstract class ReclaimExpiredSpecification(DatabaseFixture databases)
{
    private static readonly TimeSpan PastTtl = TimeSpan.FromSeconds(121);
    private static readonly TimeSpan PastBackoff = TimeSpan.FromSeconds(81);

    [Theory, Trait("Scenario", "S28"), Trait("Bug", "B35"), Trait("Bug", "B44"), Trait("Bug", "B33"), Trait("Bug", "B32")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lease_that_ran_out_costs_an_attempt_and_the_item_comes_back_after_a_pause(bool workHadBegun)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        if (workHadBegun)
        {
            await app.Agent("agent-1").HeartbeatAsync(lease);
        }

        app.Time.Advance(PastTtl);
        var now = app.Time.GetUtcNow();
        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(1);

        var stored = await app.OrderAsync(order.Id);
        var item = stored.Items.Single();
        (item.State, item.Attempts, item.LeasedByAgentId, item.LeaseExpiresAt, item.LastHeartbeatAt)
            .Should().Be((ItemState.Queued, (short)1, null, null, null));
        item.AvailableAt.Should().BeOnOrAfter(now.AddSeconds(60)).And.BeOnOrBefore(now.AddSeconds(80));
        stored.State.Should().Be(OrderState.Queued);

        stored.Events.TakeLast(2).Select(e => (e.Event, e.ActorType, e.ActorId, e.ItemId)).Should().Equal(
            ("lease_expired", ActorType.System, "workmanager", item.Id), ("requeued", ActorType.System, "workmanager", null));
        var payload = JsonNode.Parse(stored.Events.Reverse().ElementAt(1).Payload!)!;
        (payload["attempts"]!.GetValue<int>(), payload["previous_agent_id"]!.GetValue<string>()).Should().Be((1, "agent-1"));

        app.Time.Advance(TimeSpan.FromSeconds(59));
        (await app.Agent("agent-2").CheckoutAsync()).Should().BeNull("the pause is not over");
        app.Time.Advance(TimeSpan.FromSeconds(22));
        (await app.Agent("agent-2").CheckoutAsync())!.Token.Should().Be(new LeaseToken(item.Id, 2));
    }

    [Fact]
    public async Task A_lease_that_is_extended_after_it_was_found_is_left_to_its_holder()
    {
        var between = new BeforeTransactions();
        await using var app = await ShopApp.StartAsync(databases, null, null, context => context.AddInterceptors(between));
        await app.ProposeEchoAsync();
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await app.Agent("agent-2").CheckoutAsync(new() { Ttl = TimeSpan.FromHours(1) });
        app.Time.Advance(PastTtl);
        // Before it there are the turn of the duty, and what makes items ready.
        between.After(2, () => app.Database.ExecuteAsync("UPDATE work_items SET lease_expires_at = (SELECT max(lease_expires_at) FROM work_items)"));

        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(0);

        between.Once.Should().BeNull("there was a transaction that would have taken it back");
        (await app.ItemAsync(lease.Item.Id)).Should().BeEquivalentTo(new { State = ItemState.Leased, LeasedByAgentId = "agent-1", Attempts = 0 });
    }

    [Fact, Trait("Scenario", "S29"), Trait("Bug", "B28"), Trait("Bug", "B33")]
    public async Task The_last_attempt_fails_the_item_and_with_it_the_order()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        await app.LeaseAsync("agent-1");
        app.Time.Advance(PastTtl);
        await app.Maintenance.ReclaimExpiredAsync();
        app.Time.Advance(PastBackoff);
        await app.LeaseAsync("agent-2");
        app.Time.Advance(PastTtl);

        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(1);

        var stored = await app.OrderAsync(order.Id);
        var item = stored.Items.Single();
        (item.State, item.Attempts, item.LeasedByAgentId).Should().Be((ItemState.Failed, (short)2, null));
        JsonNode.Parse(item.Error!)!["code"]!.GetValue<string>().Should().Be("max_attempts_exceeded");
        (stored.State, stored.ItemsOpen, stored.ItemsFailed).Should().Be((OrderState.Failed, 0, 1));
        stored.Events.TakeLast(3).Select(e => (e.Event, e.ItemId)).Should().Equal(("lease_expired", item.Id), ("failed", item.Id), ("failed", null));
        JsonNode.Parse(stored.Events.Reverse().ElementAt(2).Payload!)!["previous_agent_id"]!.GetValue<string>().Should().Be("agent-2");
        JsonNode.Parse(stored.Events.Reverse().ElementAt(1).Payload!)!["error"]!["code"]!.GetValue<string>().Should().Be("max_attempts_exceeded");
        JsonNode.Parse(stored.Events.Last().Payload!)!["failed_items"]!.GetValue<int>().Should().Be(1);
    }

    [Fact, Trait("Scenario", "S29"), Trait("Bug", "B28")]
    public async Task An_order_with_a_failed_item_fails_when_its_other_items_are_done()
    {
        await using var app = await new Script { MaxAttempts = 1, Plan = n => [new(n), new(n)] }.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new Note("a"));
        await app.LeaseAsync("agent-1");
        app.Time.Advance(PastTtl);
        var second = await app.LeaseAsync("agent-2");
        await app.Maintenance.ReclaimExpiredAsync();
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.CheckedOut, "the second item is still being worked on");

        await app.Agent("agent-2").SubmitAsync(second, new Answer("done"));

        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.ItemsFailed).Should().Be((OrderState.Failed, 1));
        stored.Items.Select(i => i.State).Should().BeEquivalentTo([ItemState.Failed, ItemState.Submitted]);
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.ApproveAsync(order.Id));
    }

    [Fact, Trait("Scenario", "S30"), Trait("Bug", "B2")]
    public async Task Work_that_waits_for_its_review_never_expires()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        var before = await Refusal.ReadAsync(app.Database);
        app.Time.Advance(TimeSpan.FromSeconds(3 * 120));

        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(0);

        (await Refusal.ReadAsync(app.Database)).Should().Equal(before);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact, Trait("Bug", "B2")]
    public async Task Even_what_looks_like_an_expired_lease_is_left_alone_on_an_item_that_is_not_held()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.SubmittedEchoAsync();
        await app.Database.ExecuteAsync("UPDATE work_items SET leased_by_agent_id = 'agent-1', lease_expires_at = last_heartbeat_at, attempts = 1");
        await app.Database.ExecuteAsync("UPDATE work_items SET lease_expires_at = created_at");
        var before = await Refusal.ReadAsync(app.Database);
        app.Time.Advance(TimeSpan.FromDays(1));

        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(0);
        (await app.Agent("agent-2").CheckoutAsync()).Should().BeNull();

        (await Refusal.ReadAsync(app.Database)).Should().Equal(before);
    }

    [Fact, Trait("Bug", "B44")]
    public async Task More_leases_than_fit_in_one_batch_are_all_taken_back_and_live_ones_are_not()
    {
        const int many = 180;
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(many + 1));
        for (var claim = 0; claim < 3; claim++)
        {
            await app.Agent("agent-1").CheckoutManyAsync(many / 3);
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var live = (await app.Agent("agent-2").CheckoutAsync(new CheckoutRequest { Ttl = TimeSpan.FromHours(1) }))!;
        app.Time.Advance(PastTtl);

        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(many);

        var stored = await app.OrderAsync(order.Id);
        stored.Items.Count(i => i is { State: ItemState.Queued, Attempts: 1 }).Should().Be(many);
        stored.Items.Single(i => i.Id == live.Item.Id).State.Should().Be(ItemState.Leased);
        stored.Events.Count(e => e.Event == "lease_expired").Should().Be(many);
        stored.State.Should().Be(OrderState.CheckedOut);
        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_checkout_that_comes_up_short_takes_back_what_has_run_out_by_itself()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => (o.Retry.Backoff, o.Retry.Jitter) = (TimeSpan.Zero, TimeSpan.Zero));
        await app.ProposeEchoAsync();
        await app.LeaseAsync("agent-1");
        app.Time.Advance(PastTtl);

        var lease = await app.LeaseAsync("agent-2");

        lease.Token.Epoch.Should().Be(2);
        lease.Item.Attempts.Should().Be(1);
    }

    [Fact, Trait("Bug", "B35")]
    public async Task The_pause_doubles_with_each_attempt_up_to_its_limit()
    {
        await using var app = await new Script { MaxAttempts = 5 }.StartAsync(databases);
        await app.Requester.ProposeAsync(new Note("a"));
        var pauses = new List<double>();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            var lease = await app.LeaseAsync();
            app.Time.Advance(PastTtl);
            await app.Maintenance.ReclaimExpiredAsync();
            pauses.Add(((await app.ItemAsync(lease.Item.Id)).AvailableAt - app.Time.GetUtcNow()).TotalSeconds);
            app.Time.Advance(TimeSpan.FromMinutes(30));
        }

        pauses.Select(p => Math.Floor(p / 60) * 60).Should().Equal(60, 120, 240, 480);
    }

    [Fact, Trait("Bug", "B35")]
    public async Task An_item_that_came_back_waits_behind_those_that_never_left()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync("poison");
        await app.LeaseAsync();
        await app.ProposeEchoAsync("waiting");
        app.Time.Advance(PastTtl);
        await app.Maintenance.ReclaimExpiredAsync();
        app.Time.Advance(TimeSpan.FromMinutes(10));
        await app.Maintenance.ReclaimExpiredAsync();

        (await app.LeaseAsync()).Input<EchoPayload>().Message.Should().Be("waiting");
        (await app.LeaseAsync()).Input<EchoPayload>().Message.Should().Be("poison");
    }

    [Fact]
    public async Task A_cancelled_token_takes_nothing_back()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        await app.LeaseAsync();
        app.Time.Advance(PastTtl);

        await app.RefusesAsync<OperationCanceledException>(null, () => app.Maintenance.ReclaimExpiredAsync(new CancellationToken(true)));
    }
}

public sealed class ReclaimExpiredOnSqlite(SqliteFixture databases) : ReclaimExpiredSpecification(databases), IOnSqlite;

public sealed class ReclaimExpiredOnPostgreSql(PostgreSqlFixture databases) : ReclaimExpiredSpecification(databases), IOnPostgreSql;
