using System.Data.Common;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

public abstract class CheckoutItemsSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Scenario", "S15")]
    public async Task The_highest_priority_comes_first()
    {
        await using var app = await ShopApp.StartAsync(databases);
        foreach (var priority in (int[])[10, 100, 50])
        {
            await app.ProposeEchoAsync($"p{priority}", priority);
        }

        (await CheckOutAllAsync(app)).Should().Equal("p100", "p50", "p10");
    }

    [Fact, Trait("Scenario", "S16")]
    public async Task Among_equals_the_first_in_comes_first()
    {
        await using var app = await ShopApp.StartAsync(databases);
        foreach (var name in (string[])["first", "second", "third"])
        {
            await app.ProposeEchoAsync(name, 50);
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        (await CheckOutAllAsync(app)).Should().Equal("first", "second", "third");
    }

    [Fact, Trait("Scenario", "S16"), Trait("Bug", "B41")]
    public async Task Orders_of_one_instant_and_items_of_one_plan_keep_their_order()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync("first");
        await app.Requester.ProposeAsync(Batches.Payload(5));
        await app.ProposeEchoAsync("last");

        var leases = await app.Agent("agent-1").CheckoutManyAsync(10);

        leases[0].Input<EchoPayload>().Message.Should().Be("first");
        leases.Skip(1).Take(5).Select(l => l.Input<Batch>().Id).Should().Equal("b1", "b2", "b3", "b4", "b5");
        leases[6].Input<EchoPayload>().Message.Should().Be("last");
    }

    [Fact, Trait("Scenario", "S17")]
    public async Task Type_and_lowest_priority_are_filters_that_must_both_hold()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync("low", 10);
        await app.Requester.ProposeAsync(Batches.Payload(1), new() { Priority = 90 });
        await app.ProposeEchoAsync("wanted", 60);
        var agent = app.Agent("agent-1");
        var request = new CheckoutRequest { Type = "test.echo", MinPriority = 50 };

        (await agent.CheckoutAsync(request))!.Input<EchoPayload>().Message.Should().Be("wanted");
        (await agent.CheckoutAsync(request)).Should().BeNull();
        (await agent.CheckoutAsync<Batches>()).Should().NotBeNull();
    }

    [Fact]
    public async Task An_order_is_a_filter_too_and_the_others_hold_within_it()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync("other", 100);
        var order = await app.ProposeEchoAsync("wanted", 10);
        var agent = app.Agent("agent-1");

        (await agent.CheckoutAsync(new() { OrderId = order.Id, MinPriority = 11 })).Should().BeNull();
        (await agent.CheckoutAsync(new() { OrderId = order.Id, Type = "test.batch" })).Should().BeNull();
        (await agent.CheckoutAsync(new() { OrderId = order.Id, Type = "test.echo", MinPriority = 10 }))!.OrderId.Should().Be(order.Id);
        (await agent.CheckoutAsync(new() { OrderId = order.Id })).Should().BeNull();
    }

    [Fact, Trait("Scenario", "S18")]
    public async Task Nothing_to_do_is_no_error_and_changes_nothing()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var agent = app.Agent("agent-1");
        (await agent.CheckoutAsync()).Should().BeNull("nothing exists");
        var order = await app.ProposeEchoAsync();
        await app.LeaseAsync("agent-2");
        var before = await Refusal.ReadAsync(app.Database);

        (await agent.CheckoutAsync()).Should().BeNull();
        (await agent.CheckoutAsync<Batches>()).Should().BeNull();
        (await agent.CheckoutAsync(new() { OrderId = order.Id })).Should().BeNull();
        (await agent.CheckoutManyAsync(5)).Should().BeEmpty();

        (await Refusal.ReadAsync(app.Database)).Should().Equal(before);
    }

    [Fact]
    public async Task A_lease_tells_the_agent_what_to_do_and_until_when()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync("hello", 7);

        var lease = await app.LeaseAsync();

        lease.OrderId.Should().Be(order.Id);
        lease.Input<EchoPayload>().Should().Be(new EchoPayload("hello"));
        (lease.Ttl, lease.HeartbeatEvery).Should().Be((TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(30)));
        lease.ExpiresAt.Should().Be(app.Time.GetUtcNow().AddSeconds(120));
        lease.Token.Should().Be(new LeaseToken(lease.Item.Id, 1));

        var stored = await app.OrderAsync(order.Id);
        var item = stored.Items.Single();
        (item.State, item.LeasedByAgentId, item.LeaseExpiresAt, item.LastHeartbeatAt, item.LeasedAt, item.Attempts).Should().Be(
            (ItemState.Leased, "agent-1", lease.ExpiresAt, app.Time.GetUtcNow(), app.Time.GetUtcNow(), (short)0));
        stored.State.Should().Be(OrderState.CheckedOut);
        stored.LastTransitionedAt.Should().Be(app.Time.GetUtcNow());
        stored.Events.Skip(2).Select(e => (e.Event, e.ActorType, e.ActorId, e.ItemId, e.LeaseEpoch)).Should().Equal(
            ("leased", ActorType.Agent, "agent-1", item.Id, 1), ("checked_out", ActorType.Agent, "agent-1", null, null));
        var leased = stored.Events.ElementAt(2);
        JsonNode.Parse(leased.Payload!)!["lease_expires_at"]!.GetValue<DateTimeOffset>().Should().Be(lease.ExpiresAt);
        JsonNode.Parse(stored.Events.ElementAt(3).Payload!)!["agent_id"]!.GetValue<string>().Should().Be("agent-1");
    }

    [Fact]
    public async Task An_agent_may_ask_for_a_time_to_live_of_its_own()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();

        var lease = await app.Agent("agent-1").CheckoutAsync(new() { Ttl = TimeSpan.FromMinutes(30) });

        lease!.ExpiresAt.Should().Be(app.Time.GetUtcNow().AddMinutes(30));
        (await app.Agent("agent-1").HeartbeatAsync(lease)).Should().Be(app.Time.GetUtcNow().AddMinutes(30));
    }

    [Fact]
    public async Task Many_are_leased_at_once_but_not_more_than_asked_for()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(5));
        var agent = app.Agent("agent-1");

        (await agent.CheckoutManyAsync(3)).Should().HaveCount(3);
        (await agent.CheckoutManyAsync(3)).Should().HaveCount(2);

        (await app.EventsAsync(order.Id)).Should().Equal("proposed", "planned", "leased", "leased", "leased", "checked_out", "leased", "leased");
    }

    [Theory, Trait("Scenario", "S19")]
    [InlineData(0, null, null, "count")]
    [InlineData(1001, null, null, "count")]
    [InlineData(1, -1, null, "min_priority")]
    [InlineData(1, 101, null, "min_priority")]
    [InlineData(1, null, 0, "ttl")]
    [InlineData(1, null, 86_401, "ttl")]
    public async Task A_request_out_of_range_is_refused(int count, int? minPriority, int? ttl, string field)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var request = new CheckoutRequest { MinPriority = minPriority, Ttl = ttl is { } seconds ? TimeSpan.FromSeconds(seconds) : null };

        var refusal = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Agent("agent-1").CheckoutManyAsync(count, request));

        refusal.Errors.Should().ContainSingle().Which.Field.Should().Be(field);
    }

    [Fact]
    public async Task An_unknown_order_or_type_is_an_error_and_not_nothing_to_do()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var agent = app.Agent("agent-1");

        await app.RefusesAsync<WorkNotFoundException>("not_found", () => agent.CheckoutAsync(new() { OrderId = Guid.NewGuid() }));
        await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => agent.CheckoutAsync(new() { Type = "test.unknown" }));
        await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => agent.CheckoutAsync<Scripted>());
    }

    [Fact]
    public async Task A_cancelled_token_leases_nothing()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();

        await app.RefusesAsync<OperationCanceledException>(null, () => app.Agent("agent-1").CheckoutAsync(null, new CancellationToken(true)));
    }

    [Fact, Trait("Scenario", "S22"), Trait("Bug", "B7")]
    public async Task Twenty_agents_at_once_lease_fifty_items_once_each_and_nobody_fails()
    {
        const int items = 50, agents = 20;
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(items));

        var leased = await Task.WhenAll(Enumerable.Range(1, agents).Select(n => Task.Run(async () =>
        {
            var agent = app.Agent($"agent-{n}");
            var mine = new List<WorkLease>();
            // Half of them ask for the order, half for anything.
            while (await agent.CheckoutAsync(n % 2 == 0 ? new() { OrderId = order.Id } : null) is { } lease)
            {
                mine.Add(lease);
            }

            return mine;
        })));

        leased.SelectMany(l => l).Select(l => l.Item.Id).Should().HaveCount(items).And.OnlyHaveUniqueItems();
        var stored = await app.OrderAsync(order.Id);
        stored.Items.Should().AllSatisfy(i => (i.State, i.LeaseEpoch).Should().Be((ItemState.Leased, 1)));
        stored.State.Should().Be(OrderState.CheckedOut);
        stored.Events.Count(e => e.Event == "leased").Should().Be(items);
        stored.Events.Count(e => e.Event == "checked_out").Should().Be(1);
    }

    [Theory, Trait("Bug", "B20")]
    [InlineData("reject")]
    [InlineData("cancel")]
    public async Task Items_of_a_closed_order_are_not_offered(string how)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        await app.LeaseAsync();
        await (how == "reject" ? app.Reviewer.RejectAsync(order.Id, [new("no", "No.")]) : app.Requester.CancelAsync(order.Id));

        (await app.Agent("agent-2").CheckoutAsync()).Should().BeNull();
        app.Time.Advance(TimeSpan.FromDays(400));
        await app.Maintenance.ReclaimExpiredAsync();
        (await app.Agent("agent-2").CheckoutAsync()).Should().BeNull("not later either");
        (await app.Agent("agent-2").CheckoutAsync(new() { OrderId = order.Id })).Should().BeNull();
    }

    [Fact, Trait("Bug", "B20"), Trait("Bug", "B28")]
    public async Task Items_of_a_failed_order_are_not_offered()
    {
        await using var app = await new Script { MaxAttempts = 1 }.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new Note("a"));
        await app.LeaseAsync();
        app.Time.Advance(TimeSpan.FromSeconds(121));
        await app.Maintenance.ReclaimExpiredAsync();
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Failed);

        app.Time.Advance(TimeSpan.FromDays(400));
        (await app.Agent("agent-2").CheckoutAsync()).Should().BeNull();
    }

    [Fact, Trait("Bug", "B40")]
    public async Task A_fault_of_the_database_is_not_taken_for_nothing_to_do()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        (await app.Agent("agent-1").CheckoutAsync<Batches>()).Should().BeNull("the schema is known to be good from now on");
        await app.Database.ExecuteAsync("ALTER TABLE work_items RENAME TO elsewhere");

        var checkout = () => app.Agent("agent-1").CheckoutAsync();
        var many = () => app.Agent("agent-1").CheckoutManyAsync(3);
        var reclaim = () => app.Maintenance.ReclaimExpiredAsync();

        await checkout.Should().ThrowAsync<DbException>();
        await many.Should().ThrowAsync<DbException>();
        await reclaim.Should().ThrowAsync<DbException>();
    }

    [Fact, Trait("Bug", "B40")]
    public async Task A_claim_whose_audit_cannot_be_written_leases_nothing()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        await app.Database.ExecuteAsync("ALTER TABLE work_events RENAME TO elsewhere");

        var checkout = () => app.Agent("agent-1").CheckoutAsync();
        await checkout.Should().ThrowAsync<Exception>();

        await app.Database.ExecuteAsync("ALTER TABLE elsewhere RENAME TO work_events");
        (await app.OrderAsync(order.Id)).Items.Single().State.Should().Be(ItemState.Queued);
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task A_lease_shows_the_item_as_it_is_stored(int items)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeAsync(Batches.Payload(3));
        // What earlier work may have left at an item.
        await app.Database.ExecuteAsync(
            """
            UPDATE work_items SET attempts = 2, progress = 40, result = '{"a":1}', assembled_result = '{}', result_hash = 'hash',
                parts_required = '["p"]', parts_state = '{"p":1}', error = '{"code":"old"}', submitted_at = '2026-02-01 10:00:00.123456',
                submitted_by_type = 'agent', submitted_by_id = 'agent-0', submitted_for = 'user:7', accepted_at = '2026-02-02 10:00:00',
                leased_at = '2026-02-01 09:00:00', revision = 7
            """);

        var leases = await app.Agent("agent-1").CheckoutManyAsync(items);

        leases.Should().HaveCount(items);
        foreach (var lease in leases)
        {
            lease.Item.Should().BeEquivalentTo(await app.ItemAsync(lease.Item.Id));
        }
    }

    private static async Task<List<string>> CheckOutAllAsync(ShopApp app)
    {
        var messages = new List<string>();
        while (await app.Agent("agent-1").CheckoutAsync() is { } lease)
        {
            messages.Add(lease.Input<EchoPayload>().Message);
        }

        return messages;
    }
}

public sealed class CheckoutItemsOnSqlite(SqliteFixture databases) : CheckoutItemsSpecification(databases), IOnSqlite;

public sealed class CheckoutItemsOnPostgreSql(PostgreSqlFixture databases) : CheckoutItemsSpecification(databases), IOnPostgreSql;
