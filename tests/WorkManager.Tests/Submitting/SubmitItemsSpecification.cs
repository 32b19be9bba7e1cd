using System.Text.Json.Nodes;
using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Submitting;

public abstract class SubmitItemsSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task A_result_ends_the_lease_and_is_stored_with_who_gave_it()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var agent = app.By(Actor.Agent("agent-1", onBehalfOf: Actor.User("7")));
        var lease = await agent.CheckoutAsync();

        var submitted = await agent.SubmitAsync(lease!, Steps.Verified, new() { Notes = "easy", Evidence = new JsonObject { ["source"] = "ear" } });

        (submitted.State, submitted.LeasedByAgentId).Should().Be((ItemState.Submitted, null));
        var stored = await app.OrderAsync(order.Id);
        var item = stored.Items.Single();
        (item.State, item.LeasedByAgentId, item.LeaseExpiresAt, item.LastHeartbeatAt).Should().Be((ItemState.Submitted, null, null, null));
        (item.SubmittedByType, item.SubmittedById, item.SubmittedFor, item.SubmittedAt)
            .Should().Be((ActorType.Agent, "agent-1", "user:7", app.Time.GetUtcNow()));
        item.ReadResult<EchoResult>(new(System.Text.Json.JsonSerializerDefaults.Web)).Should().Be(Steps.Verified);
        item.ResultHash.Should().HaveLength(64);
        var written = stored.Events.Single(e => e is { Event: "submitted", ItemId: not null });
        (written.ActorType, written.ActorId, written.OnBehalfOf, written.LeaseEpoch).Should().Be((ActorType.Agent, "agent-1", "user:7", 1));
        var payload = JsonNode.Parse(written.Payload!)!;
        payload["result"]!["verified"]!.GetValue<bool>().Should().BeTrue();
        payload["evidence"]!["source"]!.GetValue<string>().Should().Be("ear");
        payload["notes"]!.GetValue<string>().Should().Be("easy");
    }

    [Fact, Trait("Scenario", "S04"), Trait("Bug", "B3")]
    public async Task A_refused_result_is_recorded_at_the_item_and_can_be_corrected_under_the_same_lease()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        var refusal = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Agent("agent-1").SubmitAsync(lease, new EchoResult(true, false)), Refusal.ItemError);

        refusal.Errors.Should().Equal(new ValidationError("verified", "not_verified", "Verify the echo."));
        var refused = await app.ItemAsync(lease.Item.Id);
        (refused.State, refused.LeasedByAgentId, refused.LeaseExpiresAt, refused.Attempts)
            .Should().Be((ItemState.Leased, "agent-1", lease.ExpiresAt, (short)0));
        var error = JsonNode.Parse(refused.Error!)!;
        error["code"]!.GetValue<string>().Should().Be("validation_failed");
        error["message"]!.GetValue<string>().Should().Contain("Verify the echo.");
        error["details"]!.ToJsonString().Should().Be("""[{"field":"verified","code":"not_verified","message":"Verify the echo."}]""");

        await app.Agent("agent-1").SubmitAsync(lease, Steps.Verified);

        var corrected = await app.OrderAsync(order.Id);
        (corrected.State, corrected.Items.Single().Error).Should().Be((OrderState.Submitted, null));
    }

    [Fact, Trait("Scenario", "S04"), Trait("Bug", "B3")]
    public async Task A_result_of_the_wrong_shape_is_refused_with_every_error_and_recorded()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        var refusal = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Agent("agent-1").SubmitAsync(lease, new { Ok = "yes", Extra = 1 }), Refusal.ItemError);

        refusal.Errors.Select(e => $"{e.Field} {e.Code}")
            .Should().BeEquivalentTo("ok schema.type_mismatch", "verified schema.required", "extra schema.unknown_property");
        JsonNode.Parse((await app.ItemAsync(lease.Item.Id)).Error!)!["details"]!.AsArray().Should().HaveCount(3);
    }

    [Fact]
    public async Task All_errors_of_the_order_type_are_told_at_once()
    {
        var script = new Script
        {
            Validate = item =>
            {
                item.Fail("text", "too_short", "Say more.");
                item.Fail("", "unfriendly", "Say it nicely.");
            },
        };
        await using var app = await script.StartAsync(databases);
        await app.Requester.ProposeAsync(new Note("a"));
        var lease = await app.LeaseAsync();

        var refusal = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Agent("agent-1").SubmitAsync(lease, new Answer("x")), Refusal.ItemError);

        refusal.Errors.Select(e => e.Code).Should().Equal("too_short", "unfriendly");
    }

    [Fact, Trait("Bug", "B16")]
    public async Task The_order_types_own_check_always_runs_though_the_shape_has_no_rules()
    {
        var script = new Script();
        await using var app = await script.StartAsync(databases);
        await app.SubmittedNoteAsync();

        script.Calls.Should().Equal("plan", "validate");
    }

    [Fact, Trait("Bug", "B29")]
    public async Task Items_of_a_type_of_their_own_are_handled_by_the_type_of_their_order()
    {
        var script = new Script { Plan = n => [new(n) { Type = "test.sub" }] };
        await using var app = await script.StartAsync(databases);

        var order = await app.SubmittedNoteAsync();
        await app.Reviewer.ApproveAsync(order.Id);

        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.Items.Single().Type, stored.Items.Single().OrderType).Should().Be((OrderState.Completed, "test.sub", "test.scripted"));
        script.Calls.Should().Contain("validate");
    }

    [Fact, Trait("Bug", "B10"), Trait("Bug", "B2")]
    public async Task A_result_is_submitted_once()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").SubmitAsync(lease, Steps.Verified);

        var again = await app.RefusesAsync<LeaseLostException>("lease_lost", () => app.Agent("agent-1").SubmitAsync(lease, new EchoResult(false, true)));
        again.Reason.Should().Be(LeaseLostReason.NotLeased);

        await app.Reviewer.ApproveAsync(order.Id);
        await app.RefusesAsync<LeaseLostException>("lease_lost", () => app.Agent("agent-1").SubmitAsync(lease, new EchoResult(false, true)));
    }

    [Fact]
    public async Task The_lease_of_an_earlier_grant_is_lost_though_the_same_agent_holds_the_item_again()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var agent = app.Agent("agent-1");
        var first = (await agent.CheckoutAsync())!;
        await agent.ReleaseAsync(first);
        var second = (await agent.CheckoutAsync())!;

        var lost = await app.RefusesAsync<LeaseLostException>("lease_lost", () => agent.SubmitAsync(first, Steps.Verified));

        lost.Reason.Should().Be(LeaseLostReason.Superseded);
        (await agent.SubmitAsync(second, Steps.Verified)).State.Should().Be(ItemState.Submitted);
    }

    [Fact]
    public async Task Results_that_move_no_order_raise_its_revision_and_leave_the_time_of_its_last_move()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(5));
        var agent = app.Agent("agent-1");
        var leases = await agent.CheckoutManyAsync(5);
        var seen = new List<WorkOrder> { await app.OrderAsync(order.Id) };
        foreach (var call in (WorkLease[][])[[leases[0]], [leases[1]], [leases[2], leases[3]], [leases[4]]])
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            await agent.SubmitManyAsync([.. call.Select(l => new Submission<BatchResult>(l, new BatchResult(l.Input<Batch>().Id, true, 1)))]);
            seen.Add(await app.OrderAsync(order.Id));
        }

        seen.Select(o => o.State).Should().Equal(
            OrderState.CheckedOut, OrderState.InProgress, OrderState.InProgress, OrderState.InProgress, OrderState.Submitted);
        seen.Select(o => (o.LastTransitionedAt - seen[0].LastTransitionedAt)!.Value.TotalSeconds).Should().Equal(0, 1, 1, 1, 4);
        seen.Select(o => o.Revision - seen[0].Revision).Should().Equal(0, 1, 2, 3, 4);
    }

    [Fact, Trait("Bug", "B10")]
    public async Task Two_submissions_at_once_under_one_lease_are_one()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => OutcomeAsync(app.Agent("agent-1").SubmitAsync(lease, Steps.Verified)))));

        outcomes.Count(o => o is null).Should().Be(1);
        outcomes.OfType<LeaseLostException>().Should().HaveCount(3).And.AllSatisfy(e => e.Reason.Should().Be(LeaseLostReason.NotLeased));
        (await app.EventsAsync(order.Id)).Count(e => e == "submitted").Should().Be(2, "one of the item and one of the order");
    }

    [Fact, Trait("Scenario", "S31"), Trait("Bug", "B6")]
    public async Task The_last_two_results_at_once_submit_the_order_exactly_once()
    {
        await using var app = await ShopApp.StartAsync(databases);
        for (var round = 0; round < 10; round++)
        {
            var order = await app.Requester.ProposeAsync(Batches.Payload(2));
            var leases = await Task.WhenAll(((string[])["agent-1", "agent-2"]).Select(async a => (Agent: a, Lease: await app.LeaseAsync(a, order.Id))));

            await Task.WhenAll(leases.Select(l => Task.Run(() =>
                app.Agent(l.Agent).SubmitAsync(l.Lease, new BatchResult(l.Lease.Input<Batch>().Id, true, 1)))));

            var stored = await app.OrderAsync(order.Id);
            (stored.State, stored.ItemsOpen).Should().Be((OrderState.Submitted, 0));
            stored.Events.Count(e => e is { Event: "submitted", ItemId: null }).Should().Be(1);
            (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        }
    }

    [Fact]
    public async Task A_result_or_its_evidence_that_is_too_large_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Limits.MaxPayloadBytes = 200);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        var agent = app.Agent("agent-1");

        var refusal = await app.RefusesAsync<WorkLimitException>(
            "payload_too_large", () => agent.SubmitAsync(lease, new EchoResult(true, true, new string('x', 200))));
        await app.RefusesAsync<WorkLimitException>(
            "payload_too_large", () => agent.SubmitAsync(lease, Steps.Verified, new() { Evidence = new string('x', 200) }));

        refusal.Limit.Should().Be(200);
        await agent.SubmitAsync(lease, Steps.Verified);
    }

    [Fact]
    public async Task Text_that_one_of_the_databases_cannot_store_is_refused_on_both()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        var agent = app.Agent("agent-1");

        var result = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => agent.SubmitAsync(lease, new EchoResult(true, true, "a\0b")), Refusal.ItemError);
        result.Errors.Select(e => (e.Field, e.Code)).Should().Equal(("note", "schema.invalid_character"));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => agent.SubmitAsync(lease, Steps.Verified, new() { Notes = "\0" }));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => agent.SubmitAsync(lease, Steps.Verified, new() { Notes = "\ud800" }));
        await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => agent.SubmitAsync(lease, Steps.Verified, new() { Evidence = new JsonArray("\0") }));
        await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => agent.SubmitAsync(lease, Steps.Verified, new() { Notes = new string('n', 10_001) }));

        await agent.SubmitAsync(lease, Steps.Verified, new() { Notes = new string('n', 10_000) });
    }

    [Fact]
    public async Task A_check_that_throws_leaves_the_item_with_its_holder()
    {
        var script = new Script { Validate = _ => throw new TimeoutException("lookup") };
        await using var app = await script.StartAsync(databases);
        await app.Requester.ProposeAsync(new Note("a"));
        var lease = await app.LeaseAsync();

        var refusal = await app.RefusesAsync<WorkManagerException>("rule_failed", () => app.Agent("agent-1").SubmitAsync(lease, new Answer("x")));

        refusal.InnerException.Should().BeOfType<TimeoutException>();
        refusal.Message.Should().NotContain("lookup");
    }

    private static async Task<Exception?> OutcomeAsync(Task call)
    {
        try
        {
            await call;
            return null;
        }
        catch (WorkManagerException refusal)
        {
            return refusal;
        }
    }
}

public sealed class SubmitItemsOnSqlite(SqliteFixture databases) : SubmitItemsSpecification(databases), IOnSqlite;

public sealed class SubmitItemsOnPostgreSql(PostgreSqlFixture databases) : SubmitItemsSpecification(databases), IOnPostgreSql;
