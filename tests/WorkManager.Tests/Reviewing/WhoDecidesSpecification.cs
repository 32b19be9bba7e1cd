using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Reviewing;

/// <summary>Who decides is somebody with a name. Agents close only what they proposed themselves.</summary>
public abstract class WhoDecidesSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] Reasons = [new("unneeded", "Not needed.")];

    public enum Decision
    {
        Approve,
        Reject,
        Cancel,
    }

    [Theory]
    [InlineData(Decision.Approve)]
    [InlineData(Decision.Reject)]
    [InlineData(Decision.Cancel)]
    public async Task Without_a_named_actor_nobody_decides(Decision decision)
    {
        await using var app = await new Script().StartAsync(databases);
        var order = await app.SubmittedNoteAsync();
        await using var scope = app.NewScope();
        var unnamed = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();

        var decide = () => DecideAsync(unnamed, order.Id, decision);

        var refused = decision == Decision.Approve
            ? await app.RefusesApprovalAsync(decide)
            : await app.RefusesAsync<ApprovalDeniedException>("approval_denied", decide);
        refused.Reason.Should().Be(ApprovalDeniedReason.Unnamed);
        refused.Message.Should().Contain("As(Actor.User(id))");
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted);
    }

    [Theory]
    [InlineData(Decision.Approve)]
    [InlineData(Decision.Reject)]
    [InlineData(Decision.Cancel)]
    public async Task A_default_actor_of_the_host_decides(Decision decision)
    {
        await using var app = await new Script().StartAsync(databases, builder => builder.UseDefaultActor(_ => Actor.System("nightly")));
        var order = await app.SubmittedNoteAsync();
        await using var scope = app.NewScope();

        await DecideAsync(scope.ServiceProvider.GetRequiredService<IWorkOrderManager>(), order.Id, decision);

        var stored = await app.ReadAsync(db => db.Set<WorkDecision>().SingleAsync(d => d.OrderId == order.Id));
        (stored.ActorType, stored.ActorId).Should().Be((ActorType.System, "nightly"));
    }

    [Theory]
    [InlineData(Decision.Reject)]
    [InlineData(Decision.Cancel)]
    public async Task An_agent_closes_what_it_proposed_and_nothing_else(Decision decision)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var own = await app.Agent("agent-1").ProposeAsync(new EchoPayload("own"));
        var other = await app.Requester.ProposeAsync(new EchoPayload("other"));
        var same = await app.By(Actor.User("agent-1")).ProposeAsync(new EchoPayload("of a person who is called like the agent"));

        foreach (var id in new[] { other.Id, same.Id })
        {
            var refused = await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => DecideAsync(app.Agent("agent-1"), id, decision));
            refused.Reason.Should().Be(ApprovalDeniedReason.Agent);
        }

        (await DecideAsync(app.Agent("agent-1"), own.Id, decision)).State.Should().Be(OrderState.Rejected);
    }

    [Fact]
    public async Task A_refused_approval_leaves_an_event_that_names_who_tried_and_why_not()
    {
        await using var app = await new Script().StartAsync(databases);
        var order = await app.SubmittedNoteAsync();
        var before = await app.OrderAsync(order.Id);

        await FluentActions.Awaiting(() => app.Agent("agent-1").ApproveAsync(order.Id)).Should().ThrowAsync<ApprovalDeniedException>();

        var after = await app.OrderAsync(order.Id);
        var denied = after.Events.Should().HaveCount(before.Events.Count + 1).And.Subject.Last();
        (denied.Event, denied.ActorType, denied.ActorId, denied.ItemId).Should().Be(("approval_denied", ActorType.Agent, "agent-1", null));
        JsonNode.Parse(denied.Payload!)!["reason"]!.GetValue<string>().Should().Be("agent");
        (after.State, after.Revision, after.UpdatedAt).Should().Be((before.State, before.Revision, before.UpdatedAt));
    }

    private static Task<WorkOrder> DecideAsync(IWorkOrderManager work, Guid order, Decision decision) => decision switch
    {
        Decision.Approve => work.ApproveAsync(order),
        Decision.Reject => work.RejectAsync(order, Reasons),
        _ => work.CancelAsync(order, "Not needed."),
    };
}

public sealed class WhoDecidesOnSqlite(SqliteFixture databases) : WhoDecidesSpecification(databases), IOnSqlite;

public sealed class WhoDecidesOnPostgreSql(PostgreSqlFixture databases) : WhoDecidesSpecification(databases), IOnPostgreSql;
