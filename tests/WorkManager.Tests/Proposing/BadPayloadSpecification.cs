using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Proposing;

/// <summary>A payload that cannot be written, stored or read is refused with a code, and in a batch it alone.</summary>
public abstract class BadPayloadSpecification(DatabaseFixture databases)
{
    public sealed class Tree
    {
        public string Name { get; init; } = "";

        public double Weight { get; init; }

        public Tree? Child { get; set; }

        public JsonElement? Any { get; init; }

        public Empty? Empty { get; init; }

        public string Bad
        {
            get => Name == "throws" ? throw new TimeoutException("secret") : "";
            init => _ = value == "refused" ? throw new InvalidTimeZoneException("secret") : value;
        }
    }

    public static TheoryData<string, string, Func<Tree?>> Values => new()
    {
        { "validation_failed", "schema.max_depth", () => Cycle() },
        { "validation_failed", "schema.max_depth", () => Deep(65) },
        { "validation_failed", "schema.invalid", () => new Tree { Weight = double.NaN } },
        { "validation_failed", "schema.invalid", () => new Tree { Weight = double.PositiveInfinity } },
        { "validation_failed", "schema.invalid_character", () => new Tree { Name = "a\0b" } },
        { "validation_failed", "schema.invalid_character", () => new Tree { Name = "half \ud800 of a pair" } },
        { "validation_failed", "schema.maximum", () => new Tree { Any = JsonElement.Parse("1e400") } },
        { "validation_failed", "schema.minimum", () => new Tree { Any = JsonElement.Parse("""{"a":[-1e400]}""") } },
        { "validation_failed", "schema.maximum", () => new Tree { Any = JsonElement.Parse("1e-20000") } },
        { "validation_failed", "schema.invalid", () => new Tree { Any = JsonElement.Parse("""{"a":"\ud800"}""") } },
        { "validation_failed", "schema.invalid", () => new Tree { Any = JsonElement.Parse("""{"a":1,"a":2}""") } },
        { "validation_failed", "schema.type_mismatch", () => null },
        { "rule_failed", "", () => new Tree { Name = "throws" } },
        { "plan_failed", "", () => new Tree { Name = "planner throws" } },
        { "plan_failed", "", () => new Tree { Name = "planner gives a null item" } },
        { "empty_plan", "empty_plan", () => new Tree { Name = "planner gives null" } },
        { "empty_plan", "empty_plan", () => new Tree { Name = "planner gives nothing" } },
        { "validation_failed", "schema.max_depth", () => new Tree { Name = "planner gives cycle" } },
    };

    [Theory, MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public async Task A_value_that_cannot_be_stored_has_a_code_and_in_a_batch_fails_alone(string code, string detail, Func<Tree?> bad)
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Trees>());

        var single = await app.RefusesAsync<WorkManagerException>(code, () => app.Requester.ProposeAsync(bad()!));
        var many = await app.Requester.ProposeManyAsync<Tree>([new(new Tree { Name = "good" }), new(bad()!), new(new Tree { Name = "too" })]);

        Assert.Equal([true, false, true], many.Select(o => o.Succeeded));
        foreach (var refusal in (WorkManagerException[])[single, many[1].Error!])
        {
            Assert.Equal(code, refusal.Code);
            Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
            Assert.True(detail.Length == 0 || ((WorkValidationException)refusal).Errors.Any(e => e.Code == detail), refusal.Message);
        }

        Assert.Equal(2, (await app.Requester.ListAsync()).Items.Count);
    }

    [Fact]
    public async Task A_null_in_a_batch_fails_alone()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Trees>());

        var many = await app.Requester.ProposeManyAsync<Tree>([null!, new(new Tree { Name = "good" })]);

        var refusal = Assert.IsType<WorkValidationException>(many[0].Error);
        Assert.Equal(("proposal", "schema.required"), (refusal.Errors.Single().Field, refusal.Errors.Single().Code));
        Assert.True(many[1].Succeeded);
    }

    [Theory]
    [InlineData("""{"name":"a","name":"b"}""", "schema.duplicate_property", "name")]
    [InlineData("""{"name":"a\u0000b"}""", "schema.invalid_character", "name")]
    [InlineData("""{"name":"\ud800"}""", "schema.invalid_character", "name")]
    [InlineData("""{"\ud800":1}""", "schema.invalid_character", "")]
    [InlineData("""{"weight":1e400}""", "schema.maximum", "weight")]
    [InlineData("""{"weight":"NaN"}""", "schema.type_mismatch", "weight")]
    [InlineData("""{"any":{"deep":[1e400]}}""", "schema.maximum", "any.deep.0")]
    [InlineData("""{"nam":"a"}""", "schema.unknown_property", "nam")]
    [InlineData("""{"empty":{"more":1}}""", "schema.unknown_property", "empty.more")]
    public async Task What_a_door_sends_is_held_to_the_same(string json, string code, string field)
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Trees>());

        var refusal = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Requester.ProposeAsync("test.trees", JsonElement.Parse(json)));

        Assert.Contains((code, field), refusal.Errors.Select(e => (e.Code, e.Field)));
    }

    [Fact]
    public async Task A_setter_that_throws_has_a_code()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Trees>());

        var refusal = await app.RefusesAsync<WorkManagerException>(
            "rule_failed", () => app.Requester.ProposeAsync("test.trees", JsonElement.Parse("""{"bad":"refused"}""")));

        Assert.IsType<InvalidTimeZoneException>(refusal.InnerException);
    }

    [Fact]
    public async Task Comments_and_trailing_commas_that_a_parser_let_pass_are_not_stored()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Trees>());
        using var document = JsonDocument.Parse(
            """{"name": "a", /* says nothing */ "weight": 1.50,}""", new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });

        var order = await app.Requester.ProposeAsync("test.trees", document.RootElement);

        Assert.Equal("""{"name":"a","weight":1.50}""", (await app.OrderAsync(order.Id)).Payload);
    }

    [Fact]
    public async Task A_depth_that_the_host_allows_is_stored_checked_and_read_everywhere()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Trees>(), o => o.Json.MaxDepth = 256);

        var order = await app.Requester.ProposeAsync(Deep(200));
        var lease = (await app.Agent("a").CheckoutAsync(new() { OrderId = order.Id }))!;
        await app.Agent("a").SubmitAsync(lease, lease.Input<Tree>());
        var applied = await app.Reviewer.ApproveAsync(order.Id);

        Assert.Equal(OrderState.Completed, applied.State);
        var refusal = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(Deep(257)));
        Assert.Equal("schema.max_depth", refusal.Errors.Single().Code);
    }

    [Fact]
    public async Task A_host_that_switches_strictness_off_is_as_strict()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Strict>(), o => o.Json = new(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip, AllowDuplicateProperties = true,
            RespectNullableAnnotations = false, RespectRequiredConstructorParameters = false,
        });

        foreach (var (json, code) in ((string, string)[])
            [
                ("""{"text":"a","other":1}""", "schema.unknown_property"),
                ("""{"text":"a","text":"b"}""", "schema.duplicate_property"),
                ("""{"text":"a","TEXT":"b"}""", "schema.duplicate_property"),
                ("""{"text":null}""", "schema.type_mismatch"),
                ("""{}""", "schema.required"),
            ])
        {
            var refusal = await app.RefusesAsync<WorkValidationException>(
                "validation_failed", () => app.Requester.ProposeAsync("test.strict", JsonElement.Parse(json)));
            Assert.Equal(code, refusal.Errors.Single().Code);
        }

        Assert.Equal("""{"text":"a"}""", (await app.Requester.ProposeAsync(new Wanted("a"))).Payload);
    }

    [Fact]
    public async Task Meta_that_cannot_be_stored_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        JsonNode?[] bad =
        [
            double.NaN, "half \ud800", "a\0b", JsonNode.Parse("1e400"), JsonNode.Parse("1e-20000"), JsonNode.Parse("""["\ud800"]"""),
        ];

        foreach (var value in bad)
        {
            await app.RefusesAsync<WorkValidationException>(
                "validation_failed", () => app.Requester.ProposeAsync(new EchoPayload("a"), new() { Meta = new JsonObject { ["a"] = value } }));
        }

        await app.RefusesAsync<WorkLimitException>(
            "payload_too_large",
            () => app.Requester.ProposeAsync(new EchoPayload("a"), new() { Meta = new JsonObject { ["a"] = JsonValue.Create(Cycle()) } }));
        var order = await app.Requester.ProposeAsync(new EchoPayload("a"), new() { Meta = new JsonObject { ["a"] = 1e300, ["b"] = "\ufffd" } });
        Assert.Equal("\ufffd", JsonNode.Parse((await app.OrderAsync(order.Id)).Meta!)!["b"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_filter_that_cannot_be_a_stored_text_is_an_invalid_query()
    {
        await using var app = await ShopApp.StartAsync(databases);

        await app.RefusesAsync<InvalidQueryException>("invalid_query", () => app.Requester.ListAsync(new() { Type = "a\0b" }));
        await app.RefusesAsync<InvalidQueryException>("invalid_query", () => app.Requester.ListAsync(new() { Type = "\ud800" }));
        await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => app.Agent("a").CheckoutAsync(new() { Type = "a\0b" }));
    }

    private static Tree Cycle()
    {
        var tree = new Tree { Name = "a" };
        tree.Child = tree;
        return tree;
    }

    private static Tree Deep(int levels)
    {
        var tree = new Tree { Name = "leaf" };
        for (var i = 1; i < levels; i++)
        {
            tree = new Tree { Name = "node", Child = tree };
        }

        return tree;
    }

    public sealed record Empty;

    public sealed record Wanted(string Text);

    [OrderType("test.trees")]
    public sealed class Trees : OrderType<Tree, Tree>
    {
        protected override IEnumerable<PlannedItem<Tree>> Plan(Tree payload) => payload.Name switch
        {
            "planner throws" => throw new TimeoutException("secret"),
            "planner gives null" => null!,
            "planner gives a null item" => [null!],
            "planner gives nothing" => [],
            "planner gives cycle" => [Item(Cycle())],
            _ => [Item(payload)],
        };

        protected override Task ApplyAsync(ApplyContext<Tree, Tree, Tree> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [OrderType("test.strict")]
    public sealed class Strict : OrderType<Wanted, Wanted>
    {
        protected override Task ApplyAsync(ApplyContext<Wanted, Wanted, Wanted> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public sealed class BadPayloadOnSqlite(SqliteFixture databases) : BadPayloadSpecification(databases), IOnSqlite;

public sealed class BadPayloadOnPostgreSql(PostgreSqlFixture databases) : BadPayloadSpecification(databases), IOnPostgreSql;
