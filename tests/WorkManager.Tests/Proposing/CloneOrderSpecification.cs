using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Proposing;

/// <summary>What a dead letter had asked for is proposed once more.</summary>
public abstract class CloneOrderSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Scenario", "S39")]
    public async Task A_clone_is_a_new_order_with_the_same_payload_planned_once()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var dead = await DeadAsync(app.Requester, app.Reviewer, app.Agent("agent-1"), new() { Priority = 7, Meta = new JsonObject { ["ticket"] = "T-1" } });
        app.Time.Advance(TimeSpan.FromHours(1));

        var clone = await app.Reviewer.CloneAsync(dead);

        clone.Id.Should().NotBe(dead);
        var (old, stored) = (await app.OrderAsync(dead), await app.OrderAsync(clone.Id));
        (stored.State, stored.Priority, stored.ParentOrderId, stored.RequestedById).Should().Be((OrderState.Queued, (short)7, dead, "bert"));
        (stored.Payload, stored.PayloadHash, stored.TypeVersion).Should().Be((old.Payload, old.PayloadHash, old.TypeVersion));
        JsonNode.Parse(stored.Meta!)!.ToJsonString().Should().Be($$"""{"ticket":"T-1","cloned_from":"{{dead}}"}""");
        stored.Items.Select(i => i.Input).Should().Equal(old.Items.Select(i => i.Input));
        stored.Items.Should().OnlyContain(i => i.Attempts == 0 && i.ReadyAt == app.Time.GetUtcNow() && i.Priority == 7);
        stored.Events.Select(e => e.Event).Should().Equal("proposed", "planned");
        old.State.Should().Be(OrderState.DeadLettered);
    }

    [Fact]
    public async Task A_clone_can_have_another_priority_and_belongs_to_the_tenant_of_the_old_order()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var factory = app.Services.GetRequiredService<IWorkOrderManagerFactory>();
        var dead = await DeadAsync(
            factory.Create(Actor.User("cat"), "other"), factory.Create(Actor.User("cat"), "other"), factory.Create(Actor.Agent("four"), "other"), new() { Priority = 7 });

        var clone = await factory.CreateForAllTenants(Actor.User("root")).CloneAsync(dead, 0);

        (clone.Priority, clone.TenantId).Should().Be(((short)0, "other"));
        (await app.OrderAsync(clone.Id)).Items.Should().OnlyContain(i => i.TenantId == "other");
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.CloneAsync(dead));
    }

    [Fact]
    public async Task A_clone_takes_the_unique_key_if_it_is_free()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var dead = await DeadAsync(app.Requester, app.Reviewer, app.Agent("agent-1"), new() { UniqueKey = "k" });

        var clone = await app.Reviewer.CloneAsync(dead);

        (await app.OrderAsync(clone.Id)).UniqueKey.Should().Be("k");
        (await app.RefusesAsync<AlreadyOpenException>("already_open", () => app.Reviewer.CloneAsync(dead))).OrderId.Should().Be(clone.Id);
    }

    [Fact]
    public async Task What_cannot_be_cloned_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var dead = await DeadAsync(app.Requester, app.Reviewer, app.Agent("agent-1"), new());
        var live = await app.ProposeEchoAsync();
        var submitted = await app.SubmittedEchoAsync();

        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.CloneAsync(live.Id));
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.CloneAsync(submitted.Id));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.CloneAsync(Guid.NewGuid()));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.CloneAsync(dead, 101));
        await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => app.Agent("agent-9").CloneAsync(dead));
        await app.ReadAsync(db => db.Set<WorkOrder>().Where(o => o.Id == dead).ExecuteUpdateAsync(set => set.SetProperty(o => o.Payload, "{}")));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.CloneAsync(dead));
        await app.ReadAsync(db => db.Set<WorkOrder>().Where(o => o.Id == dead).ExecuteUpdateAsync(set => set.SetProperty(o => o.Type, "test.gone")));
        await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => app.Reviewer.CloneAsync(dead));
    }

    private static async Task<Guid> DeadAsync(IWorkOrderManager requester, IWorkOrderManager reviewer, IWorkOrderManager agent, ProposeOptions options)
    {
        var order = await requester.ProposeAsync(Batches.Payload(2), options);
        var failure = new WorkFailure("broken", "It is.") { Retryable = false };
        await agent.FailManyAsync([.. (await agent.CheckoutManyAsync(2)).Select(l => new FailedAttempt(l, failure))]);
        await reviewer.DeadLetterAsync(order.Id);
        return order.Id;
    }
}

public sealed class CloneOrderOnSqlite(SqliteFixture databases) : CloneOrderSpecification(databases), IOnSqlite;

public sealed class CloneOrderOnPostgreSql(PostgreSqlFixture databases) : CloneOrderSpecification(databases), IOnPostgreSql;
