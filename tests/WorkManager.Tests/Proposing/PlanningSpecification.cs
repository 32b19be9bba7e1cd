using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Proposing;

/// <summary>What an order type says of a payload, and how its planning may fail: with a code, and in a batch alone.</summary>
public abstract class PlanningSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task A_payload_is_checked_with_services_before_it_is_planned_and_all_errors_are_told()
    {
        await using var app = await StartAsync();
        await app.ReadAsync(async db =>
        {
            db.Customers.Add(new Customer { Id = 7, Name = "Ada" });
            return await db.SaveChangesAsync();
        });

        var refused = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Requester.ProposeAsync(new CustomerPayload([7, 8, 9])));

        refused.Errors.Select(e => (e.Field, e.Code)).Should().Equal(("customers.1", "unknown_customer"), ("customers.2", "unknown_customer"));
        var order = await app.Requester.ProposeAsync(new CustomerPayload([7]));
        order.Items.Single().ReadInput<string>().Should().Be("Ada", "the plan is made with services, too");
    }

    [Theory]
    [InlineData("throw", "plan_failed")]
    [InlineData("time out", "plan_failed")]
    [InlineData("null", "empty_plan")]
    [InlineData("null item", "plan_failed")]
    [InlineData("none", "empty_plan")]
    public async Task A_planner_that_fails_has_a_code_and_in_a_batch_only_its_own_order_fails(string how, string code)
    {
        var script = new Script();
        script.Plan = note => note.Text != how ? [new(note)] : how switch
        {
            "throw" => throw new TimeoutException("secret"),
            // As an HttpClient does.
            "time out" => throw new TaskCanceledException("secret"),
            "null" => null!,
            "null item" => [new(note), null!],
            _ => [],
        };
        await using var app = await script.StartAsync(databases);

        var refused = await app.RefusesAsync<WorkManagerException>(code, () => app.Requester.ProposeAsync(new Note(how)));
        var outcomes = await app.Requester.ProposeManyAsync([new Proposal<Note>(new Note("good")), new(new Note(how)), new(new Note("good"))]);

        refused.Message.Should().NotContain("secret");
        outcomes.Select(o => o.Error?.Code).Should().Equal(null, code, null);
        (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(2);
    }

    [Fact]
    public async Task An_order_type_that_cannot_be_asked_fails_its_own_order_only()
    {
        var script = new Script();
        await using var app = await script.StartAsync(databases);
        script.Plan = note => [new(note) { MaxAttempts = 1 }];
        script.Broken = new FormatException("secret");

        await app.RefusesAsync<WorkManagerException>("plan_failed", () => app.Requester.ProposeAsync(new Note("a")));
    }

    [Theory]
    [InlineData('\0')]
    [InlineData('\ud800')]
    public async Task A_type_of_item_that_cannot_be_stored_is_refused_with_its_own_order_only(char bad)
    {
        var script = new Script { Plan = note => [new(note) { Type = note.Text == "bad" ? $"type {bad}" : "plain" }] };
        await using var app = await script.StartAsync(databases);

        var outcomes = await app.Requester.ProposeManyAsync([new Proposal<Note>(new Note("good")), new(new Note("bad"))]);

        outcomes.Select(o => o.Error?.Code).Should().Equal(null, "validation_failed");
    }

    [Fact]
    public async Task Meta_that_is_nested_too_deep_has_a_code()
    {
        await using var app = await ShopApp.StartAsync(databases);
        JsonObject meta = [];
        foreach (var _ in Enumerable.Range(0, 65))
        {
            meta = new JsonObject { ["in"] = meta };
        }

        await app.RefusesAsync<WorkLimitException>(
            "payload_too_large", () => app.Requester.ProposeAsync(new EchoPayload("deep"), new ProposeOptions { Meta = meta }));
    }

    [Fact]
    public async Task An_unknown_field_names_the_one_that_was_meant()
    {
        await using var app = await new Script().StartAsync(databases);

        var refused = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Requester.ProposeAsync("test.scripted", System.Text.Json.JsonElement.Parse("""{"Text":"a","text":"b"}""")));

        refused.Errors.Single(e => e.Field == "Text").Message.Should().Be("There is no such field. Did you mean `text`?");
    }

    [Fact]
    public async Task A_payload_of_no_order_type_is_named()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var refused = await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => app.Requester.ProposeAsync(new Note("a")));

        refused.Message.Should().StartWith("No order type has the payload Note.");
    }

    private Task<ShopApp> StartAsync() => ShopApp.StartAsync(databases, builder => builder.AddOrderType<OfCustomers>());

    public sealed record CustomerPayload(int[] Customers);

    [OrderType("test.customers")]
    public sealed class OfCustomers(ShopContext db) : OrderType<CustomerPayload, string, string>
    {
        protected override async Task ValidatePayloadAsync(PayloadContext<CustomerPayload> payload, CancellationToken cancellationToken)
        {
            var known = await db.Customers.Where(c => payload.Payload.Customers.Contains(c.Id)).Select(c => c.Id).ToListAsync(cancellationToken);
            foreach (var (id, i) in payload.Payload.Customers.Select((id, i) => (id, i)).Where(c => !known.Contains(c.id)))
            {
                payload.Fail($"customers.{i}", "unknown_customer", $"There is no customer {id}.");
            }
        }

        protected override async Task<IEnumerable<PlannedItem<string>>> PlanAsync(CustomerPayload payload, CancellationToken cancellationToken) =>
            (await db.Customers.Where(c => payload.Customers.Contains(c.Id)).Select(c => c.Name).ToListAsync(cancellationToken)).Select(Item);

        protected override Task ApplyAsync(ApplyContext<CustomerPayload, string, string> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public sealed class PlanningOnSqlite(SqliteFixture databases) : PlanningSpecification(databases), IOnSqlite;

public sealed class PlanningOnPostgreSql(PostgreSqlFixture databases) : PlanningSpecification(databases), IOnPostgreSql;
