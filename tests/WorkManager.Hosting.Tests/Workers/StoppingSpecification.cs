using System.Data.Common;
using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkManager.Hosting.Tests.Words;

namespace WorkManager.Hosting.Tests.Workers;

/// <summary>Why a handler is asked to stop, and what is written then.</summary>
public abstract class StoppingSpecification(DatabaseFixture databases)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_lease_is_kept_as_long_as_its_handler_works()
    {
        await using var app = await WordsApp.StartAsync(databases);
        var done = new TaskCompletionSource();
        app.Script.Handle = async (work, stop) =>
        {
            work.ReportProgress(40);
            await done.Task.WaitAsync(stop);
            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync("one");
        await app.EventuallyAsync(() => !app.Script.Calls.IsEmpty);

        var until = app.Time.GetUtcNow() + (5 * WordsApp.LeaseTime);
        await app.EventuallyAsync(() => app.Time.GetUtcNow() > until, Step);
        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(0);
        var held = await app.ItemAsync(order);
        done.SetResult();

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted);
        (held.State, held.Attempts, held.Progress).Should().Be((ItemState.InProgress, (short)0, (short)40));
        app.Script.Calls.Should().HaveCount(1);
    }

    [Fact]
    public async Task One_heartbeat_is_sent_for_all_leases_of_the_process()
    {
        await using var app = await WordsApp.StartAsync(databases, worker => worker.Concurrency = 20);
        app.Script.Handle = async (work, stop) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync([.. Enumerable.Range(0, 20).Select(n => $"w{n}")]);
        await app.EventuallyAsync(() => app.Script.Calls.Count == 20);

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).Items.All(i => i.LastHeartbeatAt is not null), Step);

        (await app.OrderAsync(order.Id)).Items.Select(i => i.LastHeartbeatAt).Distinct().Should().HaveCount(1);
    }

    [Fact]
    public async Task A_heartbeat_that_is_answered_late_counts_and_one_line_tells_that_it_was_late()
    {
        // It does not ask for more meanwhile.
        await using var app = await WordsApp.StartAsync(
            databases, worker => (worker.MinIdle, worker.MaxIdle) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        var done = new TaskCompletionSource();
        app.Script.Handle = async (work, stop) =>
        {
            await done.Task.WaitAsync(stop);
            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync("one");
        await app.EventuallyAsync(() => !app.Script.Calls.IsEmpty);

        // The first heartbeat, after ten seconds, waits, and is not waited for any longer ten seconds later.
        await using (var other = await app.Database.OpenConnectionAsync())
        await using (var writing = await other.BeginTransactionAsync())
        {
            await StallAsync(other, app.Database.Provider);
            app.Time.Advance(WordsApp.LeaseTime / 3);
            await app.EventuallyAsync(() => app.Leases.IsBeating);
            app.Time.Advance(WordsApp.LeaseTime / 3);
            await app.EventuallyAsync(() => app.Log.Names.Contains("HeartbeatFailed"));
        }

        // Time stands still: the lease is ten seconds older than the first heartbeat, so that the next one is due.
        await app.EventuallyAsync(() => app.Log.Names.Contains("HeartbeatsAreBack"));
        done.SetResult();
        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted);
        app.Log.Names.Where(n => n.StartsWith("Heartbeat", StringComparison.Ordinal)).Should().Equal("HeartbeatFailed", "HeartbeatsAreBack");
        app.Script.Calls.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_handler_whose_lease_was_taken_away_is_stopped_and_nothing_is_written_for_it()
    {
        await using var app = await WordsApp.StartAsync(databases);
        var (reason, go) = (new TaskCompletionSource<WorkStopReason?>(), new TaskCompletionSource());
        app.Script.Handle = async (work, stop) =>
        {
            if (app.Script.Calls.Count > 1)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            }

            stop.Register(() => reason.TrySetResult(work.StopReason));
            await go.Task;
            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync("one");
        await app.EventuallyAsync(() => !app.Script.Calls.IsEmpty);
        await app.Maintenance.As(Actor.User("olga")).RevokeLeasesAsync(new() { OrderId = order.Id });

        await app.EventuallyAsync(() => reason.Task.IsCompleted, Step);
        // The handler ignores its token, and comes back with a result.
        go.SetResult();

        await app.EventuallyAsync(() => app.Script.Calls.Count == 2, Step);
        (await reason.Task).Should().Be(WorkStopReason.LeaseLost);
        app.Log.Names.Should().Contain("LeaseLost");
        var item = await app.ItemAsync(order);
        (item.IsLeased, item.Attempts, item.Result, item.LeaseEpoch).Should().Be((true, (short)0, null, 2L));
    }

    [Fact]
    public async Task What_was_lost_while_it_waited_for_a_place_is_not_begun()
    {
        await using var app = await WordsApp.StartAsync(databases, worker => (worker.Concurrency, worker.Prefetch) = (1, 1));
        var done = new TaskCompletionSource();
        app.Script.Handle = async (work, stop) =>
        {
            await done.Task.WaitAsync(stop);
            return await Script.Shout(work);
        };
        var first = await app.ProposeAsync("one");
        await app.EventuallyAsync(() => !app.Script.Calls.IsEmpty);
        var second = await app.ProposeAsync("two");
        await app.EventuallyAsync(async () => (await app.ItemAsync(second)).IsLeased);
        await app.Maintenance.As(Actor.User("olga")).PauseTypeAsync("words.uppercase");
        await app.Maintenance.As(Actor.User("olga")).RevokeLeasesAsync(new() { OrderId = second.Id });
        await app.EventuallyAsync(() => app.Leases.Held.Any(l => l.IsLost && l.StoppedFor > TimeSpan.FromSeconds(30)), Step);
        app.Leases.StuckCount.Should().Be(0, "no handler has begun on it");
        app.Log.Names.Should().NotContain("HandlerStuck");

        done.SetResult();
        await app.EventuallyAsync(() => app.Leases.Held.Count == 0);

        app.Script.Calls.Should().Equal("one");
        (await app.ItemAsync(first)).State.Should().Be(ItemState.Submitted);
        (await app.ItemAsync(second)).State.Should().Be(ItemState.Queued);
    }

    [Fact]
    public async Task A_handler_whose_order_was_cancelled_is_told_so()
    {
        await using var app = await WordsApp.StartAsync(databases);
        var reason = new TaskCompletionSource<WorkStopReason?>();
        app.Script.Handle = async (work, stop) =>
        {
            stop.Register(() => reason.TrySetResult(work.StopReason));
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync("one");
        await app.EventuallyAsync(() => !app.Script.Calls.IsEmpty);
        await app.Requester.CancelAsync(order.Id);
        var before = await app.TrailAsync(order);

        await app.EventuallyAsync(() => reason.Task.IsCompleted, Step);

        (await reason.Task).Should().Be(WorkStopReason.OrderClosed);
        await app.EventuallyAsync(() => app.Leases.Held.Count == 0);
        (await app.TrailAsync(order)).Should().Be(before);
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_is_stopped_and_the_attempt_fails()
    {
        await using var app = await WordsApp.StartAsync(databases, worker => worker.Timeout = TimeSpan.FromMinutes(2));
        WorkStopReason? reason = null;
        app.Script.Handle = async (work, stop) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            }
            finally
            {
                reason = work.StopReason;
            }

            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync("one");
        await app.EventuallyAsync(() => !app.Script.Calls.IsEmpty);

        await app.EventuallyAsync(async () => (await app.ItemAsync(order)).Attempts == 1, Step);

        reason.Should().Be(WorkStopReason.Timeout);
        (await app.TrailAsync(order)).Should().Contain("handler_timeout").And.Contain("00:02:00");
    }

    [Fact]
    public async Task A_handler_that_does_not_stop_is_reported_and_its_item_goes_to_others()
    {
        await using var app = await WordsApp.StartAsync(databases, worker => (worker.Timeout, worker.Concurrency) = (TimeSpan.FromMinutes(1), 2));
        var go = new TaskCompletionSource();
        app.Script.Handle = async (work, _) =>
        {
            if (work.Attempt == 1)
            {
                await go.Task;
            }

            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(() => app.Leases.StuckCount == 1, Step);
        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted, Step);
        var submitted = await app.ItemAsync(order);
        go.SetResult();
        await app.EventuallyAsync(() => app.Log.Names.Contains("HandlerEndedLate"));

        app.Log.Names.Count(n => n == "HandlerStuck").Should().Be(1);
        await app.EventuallyAsync(() => app.Leases.Held.Count == 0);
        var item = await app.ItemAsync(order);
        (item.Revision, item.State, item.Attempts).Should().Be((submitted.Revision, submitted.State, (short)1));
    }

    [Fact]
    public async Task When_the_host_stops_nothing_more_is_claimed_and_what_no_handler_has_begun_on_goes_back_at_once()
    {
        await using var app = await WordsApp.StartAsync(databases, worker => (worker.Concurrency, worker.Prefetch) = (1, 5));
        var done = new TaskCompletionSource();
        app.Script.Handle = async (work, stop) =>
        {
            await done.Task.WaitAsync(stop);
            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync("one", "two", "three", "four");
        await app.EventuallyAsync(async () => !app.Script.Calls.IsEmpty && (await app.OrderAsync(order.Id)).Items.All(i => i.IsLeased));

        app.SignalStop();

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).Items.Count(i => i.State == ItemState.Queued) == 3);
        done.SetResult();
        await app.StopAsync();
        var items = (await app.OrderAsync(order.Id)).Items;
        items.Should().OnlyContain(i => i.Attempts == 0 && i.Releases == 0 && i.LeaseEpoch == 1);
        items.Count(i => i.State == ItemState.Submitted).Should().Be(1, "the handler ended in time");
        app.Script.Calls.Should().HaveCount(1);
    }

    [Fact]
    public async Task Handlers_are_cancelled_five_seconds_before_the_hosts_timeout_and_what_is_left_goes_back_without_cost()
    {
        await using var app = await WordsApp.StartAsync(
            databases, configure: host => host.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(60)));
        var cancelled = new TaskCompletionSource<(DateTimeOffset At, WorkStopReason? Reason)>();
        app.Script.Handle = async (work, stop) =>
        {
            if (work.Input.Text == "deaf")
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
            }

            stop.Register(() => cancelled.TrySetResult((app.Time.GetUtcNow(), work.StopReason)));
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync("one", "deaf");
        await app.EventuallyAsync(() => app.Script.Calls.Count == 2);
        var signalled = app.Time.GetUtcNow();

        var stopping = app.StopAsync();
        await app.EventuallyAsync(() => stopping.IsCompleted, Step);

        var (at, reason) = await cancelled.Task;
        reason.Should().Be(WorkStopReason.Draining);
        (at - signalled).Should().BeCloseTo(TimeSpan.FromSeconds(55), 2 * Step);
        (await app.OrderAsync(order.Id)).Events.Where(e => e.Event == "released").Should()
            .HaveCount(2).And.OnlyContain(e => e.CreatedAt - signalled < TimeSpan.FromSeconds(60));
        (await app.OrderAsync(order.Id)).Items.Should().OnlyContain(i => i.State == ItemState.Queued && i.Attempts == 0 && i.Releases == 0);
        app.Log.Names.Should().ContainInOrder("WorkersStarted", "WorkersDrain", "WorkersEnded");
    }

    /// <summary>Nobody else writes to items as long as the transaction is open. In SQLite that is so from its beginning.</summary>
    private static async Task StallAsync(DbConnection connection, Provider provider)
    {
        if (provider == Provider.PostgreSql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "LOCK TABLE work_items IN EXCLUSIVE MODE";
            await command.ExecuteNonQueryAsync();
        }
    }
}

public sealed class StoppingOnSqlite(SqliteFixture databases) : StoppingSpecification(databases), IOnSqlite;

public sealed class StoppingOnPostgreSql(PostgreSqlFixture databases) : StoppingSpecification(databases), IOnPostgreSql;
