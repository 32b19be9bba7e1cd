using System.Data.Common;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Reviewing;

/// <summary>Reject and cancel: an order is taken out of work for good.</summary>
public abstract class ClosingSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] Wrong = [new("wrong_city", "It is Paris.", "city"), new("late", "Too late.")];

    [Fact, Trait("Scenario", "S35"), Trait("Bug", "B18")]
    public async Task A_rejected_order_takes_its_results_with_it_and_keeps_the_reasons()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();

        var rejected = await app.Reviewer.RejectAsync(order.Id, Wrong);

        rejected.State.Should().Be(OrderState.Rejected);
        var stored = await app.OrderAsync(order.Id);
        var item = stored.Items.Single();
        (stored.State, item.State).Should().Be((OrderState.Rejected, ItemState.Rejected));
        JsonNode.Parse(item.Error!)!["code"]!.GetValue<string>().Should().Be("rejected");
        JsonNode.Parse(item.Error!)!["details"]!.AsArray().Should().HaveCount(2);
        stored.Events.TakeLast(2).Select(e => (e.Event, e.ActorType, e.ActorId, e.ItemId)).Should().Equal(
            ("rejected", ActorType.User, "bert", item.Id), ("rejected", ActorType.User, "bert", null));
        var payload = JsonNode.Parse(stored.Events.Last().Payload!)!;
        payload["allow_rework"]!.GetValue<bool>().Should().BeFalse();
        payload["reasons"]!.ToJsonString().Should().Be(
            """[{"code":"wrong_city","message":"It is Paris.","field":"city"},{"code":"late","message":"Too late.","field":null}]""");
        stored.Events.Last().Message.Should().Be("Order rejected");

        var decision = await app.ReadAsync(db => db.Set<WorkDecision>().AsNoTracking().SingleAsync(d => d.OrderId == order.Id));
        (decision.Decision, decision.ActorType, decision.ActorId, decision.SelfApproval).Should().Be(("reject", ActorType.User, "bert", false));
        (await app.LedgerAsync(order.Id)).Should().BeEmpty();
    }

    [Fact, Trait("Scenario", "S34"), Trait("Bug", "B20")]
    public async Task What_was_still_queued_is_not_offered_any_more()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").SubmitAsync(lease, new BatchResult("b1", true, 1));

        await app.Reviewer.RejectAsync(order.Id, Wrong);

        var stored = await app.OrderAsync(order.Id);
        stored.Items.Select(i => i.State).Should().Equal(ItemState.Rejected, ItemState.Queued);
        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
    }

    [Theory, Trait("Bug", "B18"), Trait("Bug", "B33")]
    [InlineData("reject", false)]
    [InlineData("reject", true)]
    [InlineData("cancel", false)]
    [InlineData("cancel", true)]
    public async Task Leases_on_a_closed_order_end(string how, bool workHadBegun)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        if (workHadBegun)
        {
            await app.Agent("agent-1").HeartbeatAsync(lease);
        }

        await CloseAsync(app, how, order.Id);

        var stored = await app.OrderAsync(order.Id);
        var item = stored.Items.Single();
        (stored.State, item.State, item.LeasedByAgentId, item.Attempts).Should().Be((OrderState.Rejected, ItemState.Queued, null, (short)0));
        var released = stored.Events.Single(e => e.Event == "released");
        JsonNode.Parse(released.Payload!)!["previous_agent_id"]!.GetValue<string>().Should().Be("agent-1");
        var refusal = await app.RefusesAsync<LeaseLostException>("lease_lost", () => app.Agent("agent-1").SubmitAsync(lease, Steps.Verified));
        refusal.Reason.Should().Be(LeaseLostReason.NotLeased);
    }

    [Fact]
    public async Task A_cancelled_order_ends_as_rejected_and_says_that_it_was_withdrawn()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();

        (await app.Requester.CancelAsync(order.Id, "not needed")).State.Should().Be(OrderState.Rejected);

        var last = (await app.OrderAsync(order.Id)).Events.Last();
        (last.Event, last.Message, last.ActorId).Should().Be(("rejected", "Order cancelled", "requester"));
        last.Payload.Should().Be("""{"cancelled":true,"reason":"not needed"}""");
        (await app.ReadAsync(db => db.Set<WorkDecision>().AsNoTracking().SingleAsync())).Decision.Should().Be("cancel");
    }

    [Theory]
    [InlineData("reject")]
    [InlineData("cancel")]
    public async Task A_closed_order_keeps_its_unique_key_which_another_can_have_now(string how)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (first, second) = (await app.ProposeEchoAsync(), await app.ProposeEchoAsync());
        await SetKeyAsync(first);
        await FluentActions.Awaiting(() => SetKeyAsync(second)).Should().ThrowAsync<DbException>();

        await CloseAsync(app, how, first.Id);
        await SetKeyAsync(second);

        (await app.OrderAsync(first.Id)).UniqueKey.Should().Be("shop 1");

        Task SetKeyAsync(WorkOrder order) =>
            app.ReadAsync(db => db.Set<WorkOrder>().Where(o => o.Id == order.Id).ExecuteUpdateAsync(set => set.SetProperty(o => o.UniqueKey, "shop 1")));
    }

    [Theory]
    [InlineData("reject")]
    [InlineData("cancel")]
    public async Task A_decision_is_of_the_tenant_of_its_order(string how)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var factory = app.Services.GetRequiredService<IWorkOrderManagerFactory>();
        var order = await factory.Create(Actor.User("anna"), "north").ProposeAsync(new EchoPayload("hello"));

        var reviewer = factory.CreateForAllTenants(Actor.User("bert"));
        await (how == "reject" ? reviewer.RejectAsync(order.Id, Wrong) : reviewer.CancelAsync(order.Id));

        (await app.ReadAsync(db => db.Set<WorkDecision>().AsNoTracking().SingleAsync())).TenantId.Should().Be("north");
    }

    [Theory]
    [InlineData("reject")]
    [InlineData("cancel")]
    public async Task A_closed_order_is_closed_once(string how)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        await app.Reviewer.RejectAsync(order.Id, Wrong);

        var refusal = await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => CloseAsync(app, how, order.Id));
        (refusal.Entity, refusal.Id, refusal.From, refusal.To).Should().Be(("order", order.Id, "rejected", "rejected"));
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.ApproveAsync(order.Id));
    }

    [Theory]
    [InlineData("reject")]
    [InlineData("cancel")]
    public async Task A_completed_order_stays_completed(string how)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        await app.Reviewer.ApproveAsync(order.Id);

        var refusal = await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => CloseAsync(app, how, order.Id));

        (refusal.From, refusal.To).Should().Be(("completed", "rejected"));
    }

    [Theory]
    [InlineData("reject")]
    [InlineData("cancel")]
    public async Task An_unknown_order_is_not_found_and_a_cancelled_token_changes_nothing(string how)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();

        var refusal = await app.RefusesAsync<WorkNotFoundException>("not_found", () => CloseAsync(app, how, Guid.NewGuid()));
        refusal.Entity.Should().Be("order");
        await app.RefusesAsync<OperationCanceledException>(null, () => CloseAsync(app, how, order.Id, new CancellationToken(true)));
    }

    [Fact]
    public async Task A_rejection_needs_reasons_that_say_something()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();

        (await RefusedAsync([])).Should().Equal("reasons schema.min_items");
        (await RefusedAsync([new("", " "), new("ok", "fine"), new(new string('c', 101), new string('m', 2001))])).Should().Equal(
            "reasons.0.code schema.required", "reasons.0.message schema.required", "reasons.2.code schema.max_length",
            "reasons.2.message schema.max_length");
        (await RefusedAsync([.. Enumerable.Repeat(new RejectionReason("a", "b"), 101)])).Should().Equal("reasons schema.max_items");
        (await RefusedAsync([new("a\0", "b")])).Should().HaveCount(1);
        (await RefusedAsync([new("a", "b\0")])).Should().HaveCount(1);
        (await RefusedAsync([new("a", "b", "c\0")])).Should().HaveCount(1);
        await app.RefusesAsync<ArgumentNullException>(null, () => app.Reviewer.RejectAsync(order.Id, null!));

        async Task<IEnumerable<string>> RefusedAsync(RejectionReason[] reasons) =>
            (await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.RejectAsync(order.Id, reasons)))
                .Errors.Select(e => $"{e.Field} {e.Code}");
    }

    [Fact]
    public async Task A_reason_to_cancel_has_its_limits()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.CancelAsync(order.Id, new string('r', 2001)));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.CancelAsync(order.Id, "\0"));
    }

    [Fact, Trait("Bug", "B20")]
    public async Task A_rejection_beside_checkouts_leaves_no_lease_behind()
    {
        await using var app = await ShopApp.StartAsync(databases);
        for (var round = 0; round < 5; round++)
        {
            var order = await app.Requester.ProposeAsync(Batches.Payload(10));

            await Task.WhenAll(
                [.. Enumerable.Range(0, 5).Select(n => Task.Run(() => app.Agent($"agent-{n}").CheckoutManyAsync(2, new() { OrderId = order.Id }))),
                Task.Run(() => app.Reviewer.RejectAsync(order.Id, Wrong))]);

            var stored = await app.OrderAsync(order.Id);
            stored.State.Should().Be(OrderState.Rejected);
            stored.Items.Should().AllSatisfy(i => (i.State, i.LeasedByAgentId, i.ReadyAt).Should().Be((ItemState.Queued, null, null)));
        }
    }

    private static Task CloseAsync(ShopApp app, string how, Guid orderId, CancellationToken cancellationToken = default) => how == "reject"
        ? app.Reviewer.RejectAsync(orderId, Wrong, cancellationToken)
        : app.Requester.CancelAsync(orderId, null, cancellationToken);
}

public sealed class ClosingOnSqlite(SqliteFixture databases) : ClosingSpecification(databases), IOnSqlite;

public sealed class ClosingOnPostgreSql(PostgreSqlFixture databases) : ClosingSpecification(databases), IOnPostgreSql;
