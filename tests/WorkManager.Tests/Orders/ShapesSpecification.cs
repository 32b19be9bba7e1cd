using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Orders;

/// <summary>What a host sees of the entities: JSON for its endpoints, and values instead of JSON text.</summary>
public abstract class ShapesSpecification(DatabaseFixture databases)
{
    // What a minimal API writes with.
    private static readonly JsonSerializerOptions Web = JsonSerializerOptions.Web;

    [Fact]
    public async Task An_order_with_everything_that_belongs_to_it_serializes_as_JSON()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new EchoPayload("hello"), new() { Meta = new JsonObject { ["ticket"] = 7 } });
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Steps.Verified);
        await app.Reviewer.ApproveAsync(order.Id);
        var stored = await app.Requester.GetAsync(order.Id, OrderParts.All);

        var json = JsonNode.Parse(JsonSerializer.Serialize(stored, Web))!;

        json["state"]!.GetValue<string>().Should().Be("completed");
        json["requestedByType"]!.GetValue<string>().Should().Be("user");
        json["payload"]!.ToJsonString().Should().Be(JsonNode.Parse(stored.Payload)!.ToJsonString());
        json["meta"]!["ticket"]!.GetValue<int>().Should().Be(7);
        json["error"].Should().BeNull();
        var item = json["items"]!.AsArray().Should().ContainSingle().Which!;
        item["state"]!.GetValue<string>().Should().Be("completed");
        item["input"].Should().BeOfType<JsonObject>();
        item["result"].Should().BeOfType<JsonObject>();
        item.AsObject().Should().NotContainKey("order");
        json["events"]!.AsArray().Should().HaveCount(stored.Events.Count);
        json["events"]![0]!["payload"].Should().BeOfType<JsonObject>();
        json["decisions"]![0]!["decision"]!.GetValue<string>().Should().Be("approve");
        json["provenances"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task A_list_of_orders_and_a_lease_serialize_as_JSON()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        var page = JsonNode.Parse(JsonSerializer.Serialize(await app.Requester.ListAsync(), Web))!;
        var leased = JsonNode.Parse(JsonSerializer.Serialize(lease, Web))!;

        page["items"]![0]!["payload"].Should().BeOfType<JsonObject>();
        leased["item"]!["input"].Should().BeOfType<JsonObject>();
        leased["item"]!["state"]!.GetValue<string>().Should().Be("leased");
    }

    [Fact]
    public async Task Decisions_diffs_reasons_details_and_errors_are_read_as_values()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var applied = await app.SubmittedEchoAsync();
        await app.Reviewer.ApproveAsync(applied.Id);
        var rejected = await app.SubmittedEchoAsync();
        await app.Reviewer.RejectAsync(rejected.Id, [new("wrong", "Not so.", "text")]);

        applied = await app.Requester.GetAsync(applied.Id, OrderParts.Events | OrderParts.Decisions);
        rejected = await app.Requester.GetAsync(rejected.Id, OrderParts.Items | OrderParts.Decisions);

        var diff = applied.Events.Single(e => e.Event == "applied").ReadDiff()!;
        diff.HasChanges.Should().BeTrue();
        WorkDiff.Parse(diff.ToJson()).ToJson().Should().Be(diff.ToJson());
        applied.Events.First().ReadDiff().Should().BeNull();
        applied.Events.Single(e => e.Event == "planned").ReadPayload<JsonElement>().GetProperty("item_count").GetInt32().Should().Be(1);
        applied.Decisions.Should().ContainSingle(d => d.Decision == "approve" && d.ActorId == "bert").Which.ReadReasons().Should().BeEmpty();
        applied.Items.Should().BeEmpty();
        applied.ReadError().Should().BeNull();
        rejected.Decisions.Single().ReadReasons().Should().Equal(new RejectionReason("wrong", "Not so.", "text"));
        rejected.Items.Single().ReadError()!.Should().BeEquivalentTo(new { Code = "rejected", Message = "Order rejected" });
        FluentActions.Invoking(() => WorkDiff.Parse("[]")).Should().Throw<JsonException>();
    }

    [Fact]
    public async Task Every_event_of_an_agent_says_on_which_model_it_ran()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var agent = app.By(Actor.Agent("agent-1", model: "model-7"));
        var lease = (await agent.CheckoutAsync())!;
        await agent.HeartbeatAsync(lease);
        await agent.SubmitAsync(lease, Steps.Verified);

        var events = (await app.OrderAsync(order.Id)).Events;

        events.Where(e => e.ActorId == "agent-1").Select(e => (e.Event, e.ActorModel)).Should().BeEquivalentTo(new (string, string?)[]
        {
            ("leased", "model-7"), ("checked_out", "model-7"), ("in_progress", "model-7"), ("in_progress", "model-7"), ("submitted", "model-7"),
        });
        events.Where(e => e.ActorId != "agent-1").Should().NotBeEmpty().And.OnlyContain(e => e.ActorModel == null);
        FluentActions.Invoking(() => Actor.Agent("agent-1", new string('m', 201))).Should().Throw<ArgumentOutOfRangeException>();
    }
}

public sealed class ShapesOnSqlite(SqliteFixture databases) : ShapesSpecification(databases), IOnSqlite;

public sealed class ShapesOnPostgreSql(PostgreSqlFixture databases) : ShapesSpecification(databases), IOnPostgreSql;
