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

    [Fact]
    public async Task It_approves_whoever_submitted_also_an_actor_that_is_called_like_it()
    {
        await using var app = await new Script { AutoApprove = true }.StartAsync(databases);

        var order = await app.SubmittedNoteAsync(by: Actor.System("auto-approve"));

        order.State.Should().Be(OrderState.Completed);
        (await app.ReadAsync(db => db.Set<WorkDecision>().AsNoTracking().SingleAsync())).SelfApproval.Should().BeFalse();
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

    [Fact]
    public async Task A_result_that_joined_a_callers_transaction_is_approved_by_the_duty()
    {
        await using var app = await new Script { AutoApprove = true }.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new Note("auto"));
        var lease = await app.LeaseAsync();
        await using (var scope = app.NewScope())
        {
            await using var transaction = await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.BeginTransactionAsync();
            await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.Agent("agent-1")).SubmitAsync(lease, new Answer("done"));
            await transaction.CommitAsync();
        }

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);

        var applied = await app.OrderAsync(order.Id);
        (applied.State, applied.NextApplyAt, applied.ApplyAttempts).Should().Be((OrderState.Completed, null, 0));
        (await app.LedgerAsync(order.Id)).Should().Equal("auto");
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
    }

    [Fact]
    public async Task What_failed_is_tried_again_after_a_pause_and_the_order_says_why()
    {
        var script = new Script { AutoApprove = true };
        var working = script.Apply;
        script.Apply = (_, _) => throw new InvalidOperationException("outer", new TimeoutException("price service"));
        await using var app = await StartAsync(script);
        var order = await app.SubmittedNoteAsync();
        var untouched = await app.Requester.ProposeAsync(new Note("open"));

        var failed = await app.OrderAsync(order.Id);
        (failed.ApplyAttempts, failed.NextApplyAt).Should().Be((1, app.Time.GetUtcNow().AddMinutes(1)));
        failed.ReadError()!.Should().BeEquivalentTo(new { Code = "apply_failed", Message = "price service" });
        (await app.Requester.ListAsync(new() { Stuck = true })).Items.Select(o => o.Id).Should().Equal(order.Id);

        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
        (await app.OrderAsync(order.Id)).ApplyAttempts.Should().Be(1);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
        failed = await app.OrderAsync(order.Id);
        (failed.ApplyAttempts, failed.NextApplyAt).Should().Be((2, app.Time.GetUtcNow().AddMinutes(2)));
        failed.Events.Count(e => e.Event == "failed").Should().Be(2);

        script.Apply = working;
        app.Time.Advance(TimeSpan.FromMinutes(2));
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
        var applied = await app.OrderAsync(order.Id);
        (applied.State, applied.Error, applied.NextApplyAt, applied.ApplyAttempts).Should().Be((OrderState.Completed, null, null, 2));
        (await app.Requester.ListAsync(new() { Stuck = true })).Items.Should().BeEmpty();
        (await app.OrderAsync(untouched.Id)).State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task An_order_that_is_not_ready_is_looked_at_again()
    {
        var script = new Script { AutoApprove = true, Ready = r => r.NotReady("Look at it.") };
        await using var app = await StartAsync(script);
        var order = await app.SubmittedNoteAsync();
        order.ReadError()!.Should().BeEquivalentTo(new { Code = "order_not_ready", Message = "Look at it." });

        script.Ready = _ => { };
        app.Time.Advance(TimeSpan.FromMinutes(1));

        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task Orders_whose_type_is_not_automatic_any_more_are_left_to_reviewers_and_those_of_unknown_types_to_other_processes()
    {
        var script = new Script { AutoApprove = true, Ready = r => r.NotReady("Look at it.") };
        await using var app = await StartAsync(script);
        var order = await app.SubmittedNoteAsync();
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await using var other = ShopApp.On(app.Database);
        other.Time.Advance(TimeSpan.FromMinutes(1));

        (await other.Maintenance.ApproveDueAsync()).Should().Be(0);
        (await app.OrderAsync(order.Id)).NextApplyAt.Should().Be(order.NextApplyAt).And.NotBeNull();
        script.AutoApprove = false;
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        var left = await app.OrderAsync(order.Id);
        (left.State, left.NextApplyAt, left.Revision).Should().Be((OrderState.Submitted, null, order.Revision));
        script.Ready = _ => { };
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task An_order_that_is_closed_is_not_tried_again()
    {
        var script = new Script { AutoApprove = true, Ready = r => r.NotReady("Look at it.") };
        await using var app = await StartAsync(script);
        var order = await app.SubmittedNoteAsync();

        await app.Reviewer.CancelAsync(order.Id, "not needed");
        app.Time.Advance(TimeSpan.FromDays(1));

        (await app.OrderAsync(order.Id)).NextApplyAt.Should().BeNull();
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
    }

    [Fact]
    public async Task An_order_type_that_fails_when_it_is_asked_fails_neither_the_submit_nor_the_duty()
    {
        var script = new Script { AutoApprove = true };
        var log = new LogSink();
        await using var app = await script.StartAsync(databases, b => b.Services.AddLogging(l => l.AddProvider(log)));
        var order = await app.Requester.ProposeAsync(new Note("auto"));
        var lease = await app.LeaseAsync();

        script.Broken = new FormatException("The settings cannot be read.");
        (await app.Agent("agent-1").SubmitAsync(lease, new Answer("done"))).State.Should().Be(ItemState.Submitted);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        var stuck = await app.OrderAsync(order.Id);
        (stuck.State, stuck.ApplyAttempts).Should().Be((OrderState.Submitted, 1));
        stuck.ReadError()!.Should().BeEquivalentTo(new { Code = "apply_failed", Message = "The settings cannot be read." });
        stuck.NextApplyAt.Should().BeAfter(app.Time.GetUtcNow());
        log.Entries.Count(e => e.Event == "AutoApprovalFailed").Should().Be(2);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0, "the pause is not over");

        script.Broken = null;
        app.Time.Advance(TimeSpan.FromMinutes(2));
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task An_order_type_that_cannot_be_constructed_is_recorded_like_an_apply_that_fails()
    {
        var script = new Script { Ready = r => r.NotReady("Not yet.") };
        await using var app = await StartAsync(script);
        var order = await app.SubmittedNoteAsync();
        await using var broken = ShopApp.On(
            app.Database, b => b.AddOrderType<Scripted>().Services.AddScoped<Script>(_ => throw new FormatException("No settings.")));

        var failure = await FluentActions.Awaiting(() => broken.Reviewer.ApproveAsync(order.Id)).Should().ThrowAsync<ApplyFailedException>();

        failure.WithInnerException<FormatException>();
        var stuck = await app.OrderAsync(order.Id);
        stuck.Events.Count(e => e.Event == "failed").Should().Be(1);
        stuck.ReadError()!.Message.Should().Be("No settings.");
    }

    [Fact]
    public async Task What_fails_at_the_commit_is_recorded_and_waits_like_every_failure()
    {
        var script = new Script();
        await using var app = await StartAsync(script);
        await app.Database.ExecuteAsync(
            "CREATE TABLE parents (id INTEGER PRIMARY KEY); "
            + "CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)");
        script.AutoApprove = true;
        script.Apply = (_, services) => services.GetRequiredService<ShopContext>().Database.ExecuteSqlRawAsync("INSERT INTO children VALUES (1)");
        var order = await app.SubmittedNoteAsync();

        order.State.Should().Be(OrderState.Submitted);
        (order.ApplyAttempts, order.NextApplyAt).Should().Be((1, app.Time.GetUtcNow().AddMinutes(1)));
        order.Events.Count(e => e.Event == "failed").Should().Be(1);
        order.ReadError()!.Code.Should().Be("apply_failed");
        var failure = await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowAsync<ApplyFailedException>();
        failure.Which.InnerException.Should().BeAssignableTo<DbException>();
    }

    [Fact]
    public async Task Of_processes_that_do_the_duty_at_once_one_tries_an_order()
    {
        var script = new Script { AutoApprove = true, Apply = (_, _) => throw new FormatException("It fails.") };
        await using var app = await StartAsync(script);
        await SubmitManyAsync(app, 20);
        app.Time.Advance(TimeSpan.FromMinutes(1));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => app.Maintenance.ApproveDueAsync())));

        (await app.ReadAsync(db => db.Set<WorkOrder>().Select(o => new { o.ApplyAttempts, o.NextApplyAt }).Distinct().ToListAsync()))
            .Should().Equal(new { ApplyAttempts = 2, NextApplyAt = (DateTimeOffset?)app.Time.GetUtcNow().AddMinutes(2) });
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_events WHERE event = 'failed'")).Should().Be(40L);
    }

    [Fact]
    public async Task A_run_of_the_duty_tries_each_order_once_also_without_a_pause()
    {
        var script = new Script { AutoApprove = true, Apply = (_, _) => throw new FormatException("It fails.") };
        await using var app = await ShopApp.StartAsync(
            databases, b => b.AddOrderType<Scripted>().Services.AddSingleton(script), o => (o.Retry.Backoff, o.Retry.Jitter) = (TimeSpan.Zero, TimeSpan.Zero));
        await SubmitManyAsync(app, 101);

        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        (await app.ReadAsync(db => db.Set<WorkOrder>().Select(o => o.ApplyAttempts).Distinct().ToListAsync())).Should().Equal(2);
    }

    private static async Task SubmitManyAsync(ShopApp app, int orders)
    {
        await app.Requester.ProposeManyAsync([.. Enumerable.Range(0, orders).Select(i => new Proposal<Note>(new Note($"{i}")))]);
        var leases = await app.Agent("a").CheckoutManyAsync(orders);
        await app.Agent("a").SubmitManyAsync<Answer>([.. leases.Select(l => new Submission<Answer>(l, new Answer("done")))]);
    }

    // Without jitter, the times of the next tries are known.
    private Task<ShopApp> StartAsync(Script script) => ShopApp.StartAsync(
        databases, b => b.AddOrderType<Scripted>().Services.AddSingleton(script), o => o.Retry.Jitter = TimeSpan.Zero);

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
