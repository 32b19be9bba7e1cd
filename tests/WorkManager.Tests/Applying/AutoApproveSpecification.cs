using System.Data.Common;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Applying;

public abstract class AutoApproveSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Scenario", "S07")]
    public async Task An_order_that_approves_itself_is_completed_by_its_last_result()
    {
        await using var app = await new Script { AutoApprove = true }.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new Note("auto"));

        var submitted = await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new Answer("done"));

        submitted.State.Should().Be(ItemState.Submitted, "the call tells what it did itself");
        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.Items.Single().State).Should().Be((OrderState.Completed, ItemState.Completed));
        (await app.LedgerAsync(order.Id)).Should().Equal("auto");
        var approved = stored.Events.Single(e => e.Event == "approved");
        (approved.ActorType, approved.ActorId).Should().Be((ActorType.System, "auto-approve"));
        var decision = await app.ReadAsync(db => db.Set<WorkDecision>().AsNoTracking().SingleAsync());
        (decision.Policy, decision.SelfApproval).Should().Be(("auto_approve", false));
    }

    [Fact, Trait("Scenario", "S07")]
    public async Task It_waits_for_the_last_result()
    {
        await using var app = await new Script { AutoApprove = true, Plan = n => [new(n), new(n)] }.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new Note("auto"));

        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new Answer("done"));
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.InProgress);
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new Answer("done"));

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact, Trait("Scenario", "S08"), Trait("Bug", "B66")]
    public async Task A_failing_apply_leaves_the_result_submitted_and_a_trace_for_somebody_to_look_at()
    {
        var script = new Script { AutoApprove = true };
        var working = script.Apply;
        script.Apply = (_, _) => throw new TimeoutException("price service");
        var log = new LogSink();
        await using var app = await script.StartAsync(databases, b => b.Services.AddLogging(l => l.AddProvider(log)));

        var order = await app.SubmittedNoteAsync();

        (order.State, order.Items.Single().State).Should().Be((OrderState.Submitted, ItemState.Submitted));
        (await app.LedgerAsync(order.Id)).Should().BeEmpty();
        var recorded = order.Events.Last();
        (recorded.Event, recorded.ActorType, recorded.ActorId).Should().Be(("failed", ActorType.System, "auto-approve"));
        JsonNode.Parse(recorded.Payload!)!["message"]!.GetValue<string>().Should().Be("price service");
        log.Entries.Should().Contain(e => e.Event == "AutoApprovalFailed" && e.Level == LogLevel.Warning);

        script.Apply = working;
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_caller_who_gives_up_after_the_commit_stops_no_approval()
    {
        using var cancel = new CancellationTokenSource();
        var script = new Script { AutoApprove = true };
        var leaving = new CancelWhenDone(cancel);
        await using var app = await ShopApp.StartAsync(
            databases, b => b.AddOrderType<Scripted>().Services.AddSingleton(script), null, o => o.AddInterceptors(leaving));
        var order = await app.Requester.ProposeAsync(new Note("auto"));

        var lease = await app.LeaseAsync();
        leaving.IsArmed = true;
        await app.Agent("agent-1").SubmitAsync(lease, new Answer("done"), null, cancel.Token);

        cancel.IsCancellationRequested.Should().BeTrue();
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task An_order_that_is_not_ready_waits_for_a_reviewer()
    {
        var log = new LogSink();
        await using var app = await new Script { AutoApprove = true, Ready = r => r.NotReady("Look at it.") }
            .StartAsync(databases, b => b.Services.AddLogging(l => l.AddProvider(log)));

        var order = await app.SubmittedNoteAsync();

        order.State.Should().Be(OrderState.Submitted);
        order.Events.Should().NotContain(e => e.Event == "failed");
        log.Entries.Should().Contain(e => e.Event == "AutoApprovalWaits" && e.Text.Contains("Look at it."));
    }

    /// <summary>A caller who goes away as soon as its call has written and gives its connection back.</summary>
    private sealed class CancelWhenDone(CancellationTokenSource cancel) : DbConnectionInterceptor
    {
        public bool IsArmed { get; set; }

        public override Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData) =>
            IsArmed ? cancel.CancelAsync() : Task.CompletedTask;
    }
}

public sealed class AutoApproveOnSqlite(SqliteFixture databases) : AutoApproveSpecification(databases), IOnSqlite;

public sealed class AutoApproveOnPostgreSql(PostgreSqlFixture databases) : AutoApproveSpecification(databases), IOnPostgreSql;
