using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Proposing;

public abstract class ProposeOrderSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Scenario", "S03")]
    public async Task A_plan_of_three_batches_is_worked_on_by_three_agents_and_submitted_with_the_last()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<UserSync>());
        var order = await app.Requester.ProposeAsync(new SyncPayload([.. Enumerable.Range(1, 150)]));

        order.Items.Should().HaveCount(3);
        order.Items.Select(i => i.ReadInput<SyncInput>(Json).UserIds.Length).Should().Equal(50, 50, 50);
        (order.ItemsTotal, order.ItemsOpen).Should().Be((3, 3));

        var leases = new List<(IWorkOrderManager Agent, WorkLease Lease)>();
        foreach (var id in (string[])["agent-1", "agent-2", "agent-3"])
        {
            leases.Add((app.Agent(id), await app.LeaseAsync(id, order.Id)));
        }

        leases.Select(l => l.Lease.Item.Id).Should().OnlyHaveUniqueItems();
        leases.SelectMany(l => l.Lease.Input<SyncInput>().UserIds).Should().BeEquivalentTo(Enumerable.Range(1, 150));
        foreach (var (agent, lease) in leases)
        {
            (await app.OrderAsync(order.Id)).State.Should().NotBe(OrderState.Submitted);
            await agent.SubmitAsync(lease, new SyncResult(lease.Input<SyncInput>().UserIds));
        }

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted);
    }

    [Fact]
    public async Task A_proposal_of_which_the_database_leaves_out_a_row_is_stored_not_at_all()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        string[] trigger = databases.Provider == Provider.PostgreSql
            ? ["CREATE FUNCTION leave_out() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                "CREATE TRIGGER leave_out BEFORE INSERT ON work_events FOR EACH ROW WHEN (NEW.event = 'planned') EXECUTE FUNCTION leave_out()"]
            : ["CREATE TRIGGER leave_out BEFORE INSERT ON work_events WHEN NEW.event = 'planned' BEGIN SELECT RAISE(IGNORE); END"];
        foreach (var sql in trigger)
        {
            await app.Database.ExecuteAsync(sql);
        }

        await app.Awaiting(a => a.ProposeEchoAsync()).Should().ThrowAsync<InvalidOperationException>().WithMessage("*may leave out*");

        (await app.Database.CountAsync("SELECT count(*) FROM work_orders")).Should().Be(1);
    }

    [Fact, Trait("Bug", "B68"), Trait("Bug", "B41")]
    public async Task A_proposal_is_planned_once_and_stored_with_its_trail_and_provenance()
    {
        var script = new Script { MaxAttempts = 5, Plan = n => [new(n), new(n) { MaxAttempts = 7 }, new(n) { Type = "sub" }] };
        await using var app = await script.StartAsync(databases);
        var requester = app.By(Actor.Agent("planner", onBehalfOf: Actor.User("7")));

        var proposed = await requester.ProposeAsync(
            new Note("a"), new() { Priority = 42, Meta = new JsonObject { ["batch"] = "b1" }, DueAt = app.Time.GetUtcNow().AddDays(1) });

        script.Calls.Should().Equal("plan");
        var order = await app.OrderAsync(proposed.Id);
        (order.Type, order.State, order.Priority, order.TypeVersion).Should().Be(("test.scripted", OrderState.Queued, (short)42, 1));
        (order.RequestedByType, order.RequestedById, order.RequestedFor).Should().Be((ActorType.Agent, "planner", "user:7"));
        order.ReadPayload<Note>(Json).Should().Be(new Note("a"));
        JsonNode.Parse(order.Meta!)!["batch"]!.GetValue<string>().Should().Be("b1");
        order.DueAt.Should().Be(app.Time.GetUtcNow().AddDays(1));
        order.CreatedAt.Should().Be(app.Time.GetUtcNow());
        order.LastTransitionedAt.Should().Be(app.Time.GetUtcNow());

        order.Items.Select(i => (i.Type, i.MaxAttempts, i.State, i.Attempts, i.Priority)).Should().Equal(
            ("test.scripted", 5, ItemState.Queued, 0, 42), ("test.scripted", 7, ItemState.Queued, 0, 42), ("sub", 5, ItemState.Queued, 0, 42));
        order.Items.Select(i => i.Id).Should().Equal(proposed.Items.Select(i => i.Id), "ids ascend in the order of the plan");

        order.Events.Select(e => (e.Event, e.ActorType, e.ActorId, e.OnBehalfOf)).Should().Equal(
            ("proposed", ActorType.Agent, "planner", "user:7"), ("planned", ActorType.System, "workmanager", null));
        JsonNode.Parse(order.Events.First().Payload!)!["text"]!.GetValue<string>().Should().Be("a");
        JsonNode.Parse(order.Events.Last().Payload!)!["item_count"]!.GetValue<int>().Should().Be(3);

        await using var scope = app.NewScope();
        var stored = await scope.ServiceProvider.GetRequiredService<IWorkOrderRepository>().FindAsync(order.Id, OrderParts.Provenances);
        (stored!.Provenance!.Operation, stored.Provenance.ActorId, stored.Provenance.OnBehalfOf).Should().Be(("propose", "planner", "user:7"));
    }

    [Fact]
    public async Task A_proposal_is_for_whoever_is_behind_all_agents_or_for_nobody_else()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var sent = Actor.Agent("worker", onBehalfOf: Actor.Agent("manager", onBehalfOf: Actor.User("7")));

        var proposed = await app.By(sent).ProposeAsync(new EchoPayload("for 7"));
        var own = await app.Requester.ProposeAsync(new EchoPayload("my own"));

        (proposed.RequestedFor, (await app.OrderAsync(proposed.Id)).RequestedFor).Should().Be(("user:7", "user:7"));
        (own.RequestedFor, (await app.OrderAsync(own.Id)).RequestedFor).Should().Be((null, null));
    }

    [Fact, Trait("Scenario", "S13")]
    public async Task A_payload_without_its_required_field_is_refused_by_code()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var refusal = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync("test.echo", Element("{}")));

        refusal.Errors.Select(e => (e.Field, e.Code)).Should().Equal(("message", "schema.required"));
    }

    [Fact]
    public async Task All_errors_of_a_payload_are_told_at_once_with_their_paths()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var refusal = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(
            "test.batch", Element("""{"batches":[{"id":1,"data":[1,"x"]},{"data":[]}],"extra":true}""")));

        refusal.Errors.Select(e => $"{e.Field} {e.Code}").Should().BeEquivalentTo(
            "batches.0.id schema.type_mismatch", "batches.0.data.1 schema.type_mismatch", "batches.1.id schema.required", "extra schema.unknown_property");
        refusal.Message.Should().Contain("batches.0.id");
    }

    [Fact]
    public async Task A_typed_payload_passes_the_same_gate()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var refusal = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(new EchoPayload("")));

        refusal.Errors.Select(e => (e.Field, e.Code)).Should().Equal(("message", "schema.min_length"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    public async Task A_payload_of_another_kind_is_refused(string payload)
    {
        await using var app = await ShopApp.StartAsync(databases);

        var refusal = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync("test.echo", Element(payload)));

        refusal.Errors.Select(e => (e.Field, e.Code)).Should().Equal(("", "schema.type_mismatch"));
    }

    [Fact]
    public async Task A_payload_that_is_no_document_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync("test.echo", default(JsonElement)));
    }

    [Fact, Trait("Bug", "B75")]
    public async Task An_empty_object_is_a_payload_and_a_result_where_the_types_ask_for_nothing()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Anything>());

        var order = await app.Requester.ProposeAsync("test.anything", Element("{}"));
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new Nothing());

        var stored = await app.OrderAsync(order.Id);
        (stored.Payload, stored.Items.Single().Result, stored.State).Should().Be(("{}", "{}", OrderState.Submitted));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync("test.anything", Element("[]")));
    }

    [Fact, Trait("Scenario", "S14")]
    public async Task A_type_that_is_not_registered_is_refused_by_name()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var byKey = await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => app.Requester.ProposeAsync("test.unknown", Element("{}")));
        var byPayload = await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => app.Requester.ProposeAsync(new Note("a")));

        byKey.Type.Should().Be("test.unknown");
        byPayload.Type.Should().Be(nameof(Note));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public async Task A_priority_outside_0_to_100_is_refused(int priority)
    {
        await using var app = await ShopApp.StartAsync(databases);

        var refusal = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.ProposeEchoAsync(priority: priority));

        refusal.Errors.Should().ContainSingle().Which.Field.Should().Be("priority");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task Both_ends_of_the_priorities_are_accepted(int priority)
    {
        await using var app = await ShopApp.StartAsync(databases);

        (await app.ProposeEchoAsync(priority: priority)).Priority.Should().Be((short)priority);
    }

    [Fact, Trait("Bug", "B26")]
    public async Task A_plan_without_items_is_refused()
    {
        await using var app = await new Script { Plan = _ => [] }.StartAsync(databases);

        var refusal = await app.RefusesAsync<WorkValidationException>("empty_plan", () => app.Requester.ProposeAsync(new Note("a")));

        refusal.Message.Should().Contain("test.scripted");
    }

    [Fact]
    public async Task A_plan_with_too_many_items_is_refused_and_one_at_the_limit_is_not()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Limits.MaxItemsPerOrder = 3);

        var refusal = await app.RefusesAsync<WorkLimitException>("plan_too_large", () => app.Requester.ProposeAsync(Batches.Payload(4)));

        refusal.Limit.Should().Be(3);
        (await app.Requester.ProposeAsync(Batches.Payload(3))).Items.Should().HaveCount(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_plan_with_impossible_attempts_is_refused(int attempts)
    {
        await using var app = await new Script { Plan = n => [new(n) { MaxAttempts = attempts }] }.StartAsync(databases);

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(new Note("a")));
    }

    [Fact]
    public async Task A_payload_or_meta_that_is_too_large_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Limits.MaxPayloadBytes = 200);

        var refusal = await app.RefusesAsync<WorkLimitException>("payload_too_large", () => app.ProposeEchoAsync(new string('x', 200)));
        await app.RefusesAsync<WorkLimitException>("payload_too_large", () => app.ProposeEchoAsync(new string('é', 95)));
        await app.RefusesAsync<WorkLimitException>("payload_too_large", () => app.Requester.ProposeAsync(
            new EchoPayload("a"), new() { Meta = new JsonObject { ["a"] = new string('x', 200) } }));

        refusal.Limit.Should().Be(200);
    }

    [Fact]
    public async Task Text_that_one_of_the_databases_cannot_store_is_refused_on_both()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var typed = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.ProposeEchoAsync("a\0b"));
        var raw = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Requester.ProposeAsync("test.echo", Element("""{"message":"a\u0000b"}""")));
        var surrogate = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Requester.ProposeAsync("test.echo", Element("""{"message":"\ud800"}""")));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(
            new EchoPayload("a"), new() { Meta = new JsonObject { ["a"] = new JsonArray("\0") } }));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(
            new EchoPayload("a"), new() { Meta = new JsonObject { ["\0"] = 1 } }));

        ((WorkValidationException[])[typed, raw, surrogate]).SelectMany(r => r.Errors).Select(e => (e.Field, e.Code)).Should()
            .AllBeEquivalentTo(("message", "schema.invalid_character"));
    }

    [Fact]
    public void An_actor_whose_id_cannot_be_stored_is_refused_before_it_can_act() =>
        FluentActions.Invoking(() => Actor.User("a\0b")).Should().ThrowExactly<ArgumentException>();

    [Fact]
    public async Task A_cancelled_token_stops_the_proposal()
    {
        await using var app = await ShopApp.StartAsync(databases);

        await app.RefusesAsync<OperationCanceledException>(null, () => app.Requester.ProposeAsync(new EchoPayload("a"), null, new CancellationToken(true)));
    }

    [Fact]
    public async Task An_item_planned_for_later_is_offered_when_its_time_has_come()
    {
        var script = new Script();
        await using var app = await script.StartAsync(databases);
        script.Plan = n => [new(n) { AvailableAt = app.Time.GetUtcNow().AddMinutes(5) }];
        await app.Requester.ProposeAsync(new Note("later"));

        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        app.Time.Advance(TimeSpan.FromMinutes(5));

        (await app.Agent("agent-1").CheckoutAsync()).Should().NotBeNull();
    }

    private static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    private static JsonElement Element(string json) => JsonElement.Parse(json);

    public sealed record SyncPayload(int[] UserIds);

    public sealed record SyncInput(int[] UserIds);

    public sealed record SyncResult(int[] SyncedUsers);

    [OrderType("user.sync")]
    public sealed class UserSync : OrderType<SyncPayload, SyncInput, SyncResult>
    {
        protected override IEnumerable<PlannedItem<SyncInput>> Plan(SyncPayload payload) => payload.UserIds.Chunk(50).Select(ids => Item(new SyncInput(ids)));

        protected override Task ApplyAsync(ApplyContext<SyncPayload, SyncInput, SyncResult> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed record Nothing;

    [OrderType("test.anything")]
    public sealed class Anything : OrderType<Nothing, Nothing>
    {
        protected override Task ApplyAsync(ApplyContext<Nothing, Nothing, Nothing> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public sealed class ProposeOrderOnSqlite(SqliteFixture databases) : ProposeOrderSpecification(databases), IOnSqlite;

public sealed class ProposeOrderOnPostgreSql(PostgreSqlFixture databases) : ProposeOrderSpecification(databases), IOnPostgreSql;
