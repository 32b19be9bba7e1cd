using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Applying;

public abstract class AfterCommitSpecification(DatabaseFixture databases)
{
    public sealed record LedgerWritten(Guid OrderId, string Text);

    [Fact, Trait("Bug", "B64")]
    public async Task Messages_are_delivered_once_to_every_handler_and_only_after_the_commit()
    {
        var inbox = new Inbox();
        var script = Sending(inbox);
        await using var app = await StartAsync(script, inbox);
        var order = await app.SubmittedNoteAsync("sent");
        inbox.App = app;

        await app.Reviewer.ApproveAsync(order.Id);

        inbox.Received.Should().Equal(
            ("first", "sent 1", OrderState.Completed), ("second", "sent 1", OrderState.Completed),
            ("first", "sent 2", OrderState.Completed), ("second", "sent 2", OrderState.Completed));
        script.Calls[^1].Should().Be("after");
    }

    [Fact, Trait("Bug", "B64")]
    public async Task Nothing_is_sent_and_no_last_step_runs_for_an_apply_that_fails()
    {
        var inbox = new Inbox();
        var script = Sending(inbox);
        var sending = script.Apply;
        var fails = true;
        script.Apply = async (apply, services) =>
        {
            await sending(apply, services);
            _ = fails ? throw new TimeoutException() : 0;
        };
        await using var app = await StartAsync(script, inbox);
        var order = await app.SubmittedNoteAsync("sent");
        inbox.App = app;
        await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowExactlyAsync<ApplyFailedException>();

        inbox.Received.Should().BeEmpty();
        script.Calls.Should().NotContain("after");

        fails = false;
        await app.Reviewer.ApproveAsync(order.Id);
        inbox.Received.Should().HaveCount(4, "what the failed attempt had said is forgotten");
    }

    [Fact]
    public async Task A_failing_last_step_or_handler_is_logged_and_changes_nothing()
    {
        var inbox = new Inbox { Fails = true };
        var script = Sending(inbox);
        script.After = (_, _) => throw new TimeoutException("after");
        var log = new LogSink();
        await using var app = await StartAsync(script, inbox, log);
        var order = await app.SubmittedNoteAsync("sent");
        inbox.App = app;

        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(order.Id)).Should().HaveCount(1);
        log.Entries.Where(e => e.Event == "AfterCommitFailed").Should().HaveCount(5).And.AllSatisfy(e => e.Level.Should().Be(LogLevel.Error));
        inbox.Received.Select(r => r.Handler).Should().Equal(["first", "second", "first", "second"], "one handler's failure is its own");
    }

    [Fact]
    public async Task A_message_that_nobody_handles_is_logged()
    {
        var log = new LogSink();
        var script = new Script();
        script.Apply = (apply, _) =>
        {
            apply.AfterCommit(new Uri("https://example.org"));
            return Task.CompletedTask;
        };
        await using var app = await script.StartAsync(databases, b => b.Services.AddLogging(l => l.AddProvider(log)));
        var order = await app.SubmittedNoteAsync();

        await app.Reviewer.ApproveAsync(order.Id);

        var entry = log.Entries.Single(e => e.Event == "MessageWithoutHandler");
        entry.Level.Should().Be(LogLevel.Warning);
        entry.Text.Should().Contain("Uri").And.Contain(order.Id.ToString());
    }

    [Fact]
    public async Task The_last_step_sees_the_order_as_it_is_committed_in_a_scope_of_its_own()
    {
        OrderState? seen = null;
        IServiceProvider? applying = null;
        var script = new Script();
        var working = script.Apply;
        script.Apply = (apply, services) =>
        {
            applying = services;
            return working(apply, services);
        };
        script.After = async (apply, services) =>
        {
            services.Should().NotBeSameAs(applying);
            seen = (await services.GetRequiredService<IWorkOrderManager>().GetAsync(apply.OrderId)).State;
        };
        await using var app = await script.StartAsync(databases);
        await app.Reviewer.ApproveAsync((await app.SubmittedNoteAsync()).Id);

        seen.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_caller_who_gives_up_after_the_commit_stops_no_delivery()
    {
        using var cancel = new CancellationTokenSource();
        var inbox = new Inbox();
        var script = Sending(inbox);
        script.After = (_, _) => cancel.CancelAsync();
        await using var app = await StartAsync(script, inbox);
        var order = await app.SubmittedNoteAsync("sent");
        inbox.App = app;

        await app.Reviewer.ApproveAsync(order.Id, null, cancel.Token);

        inbox.Received.Should().HaveCount(4);
    }

    private static Script Sending(Inbox inbox)
    {
        var script = new Script();
        var working = script.Apply;
        script.Apply = async (apply, services) =>
        {
            await working(apply, services);
            apply.AfterCommit(new LedgerWritten(apply.OrderId, $"{apply.Payload.Text} 1"));
            apply.AfterCommit(new LedgerWritten(apply.OrderId, $"{apply.Payload.Text} 2"));
            inbox.Received.Should().BeEmpty();
        };
        return script;
    }

    private Task<ShopApp> StartAsync(Script script, Inbox inbox, LogSink? log = null) => script.StartAsync(databases, b =>
    {
        b.Services.AddSingleton(inbox).AddScoped<IAfterCommitHandler<LedgerWritten>, First>().AddScoped<IAfterCommitHandler<LedgerWritten>, Second>();
        if (log is not null)
        {
            b.Services.AddLogging(l => l.AddProvider(log));
        }
    });

    /// <summary>What was delivered, and in what state the order was then, as everybody else sees it.</summary>
    public sealed class Inbox
    {
        public ShopApp? App { get; set; }

        public bool Fails { get; init; }

        public List<(string Handler, string Text, OrderState State)> Received { get; } = [];

        public async Task ReceiveAsync(string handler, LedgerWritten message, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Received.Add((handler, message.Text, (await App!.OrderAsync(message.OrderId)).State));
            _ = Fails ? throw new TimeoutException(handler) : 0;
        }
    }

    public sealed class First(Inbox inbox) : IAfterCommitHandler<LedgerWritten>
    {
        public Task HandleAsync(LedgerWritten message, CancellationToken cancellationToken) => inbox.ReceiveAsync("first", message, cancellationToken);
    }

    public sealed class Second(Inbox inbox) : IAfterCommitHandler<LedgerWritten>
    {
        public Task HandleAsync(LedgerWritten message, CancellationToken cancellationToken) => inbox.ReceiveAsync("second", message, cancellationToken);
    }
}

public sealed class AfterCommitOnSqlite(SqliteFixture databases) : AfterCommitSpecification(databases), IOnSqlite;

public sealed class AfterCommitOnPostgreSql(PostgreSqlFixture databases) : AfterCommitSpecification(databases), IOnPostgreSql;
