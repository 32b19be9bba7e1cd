using AwesomeAssertions;
using Microsoft.Extensions.Logging;
using WorkManager.Hosting.Tests.Words;

namespace WorkManager.Hosting.Tests.Workers;

/// <summary>What a handler returns or throws, and what becomes of the item.</summary>
public abstract class HandlingSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task A_result_that_is_returned_is_submitted_by_the_agent_of_this_process()
    {
        await using var app = await WordsApp.StartAsync(databases);

        var order = await app.ProposeAsync("one", "two");

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted);
        var items = (await app.OrderAsync(order.Id)).Items;
        items.Select(i => i.ReadResult<Loud>()!.Text).Should().BeEquivalentTo("ONE", "TWO");
        items.Should().OnlyContain(i => i.Attempts == 0 && i.LeasedByAgentId == null && i.SubmittedByType == ActorType.Agent);
        items.Select(i => i.SubmittedById).Distinct().Single().Should().MatchRegex("^worker-[0-9a-f]{16}$").And.NotContain(Environment.MachineName);
        app.Script.Calls.Should().BeEquivalentTo("one", "two");
    }

    [Fact]
    public async Task Evidence_and_notes_go_with_the_result()
    {
        await using var app = await WordsApp.StartAsync(databases);
        app.Script.Handle = (work, _) => Task.FromResult(new WorkResult<Loud>(new Loud("ONE"), new SubmitOptions { Notes = "heard it" }));

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted);
        (await app.TrailAsync(order)).Should().Contain("heard it");
    }

    [Fact]
    public async Task An_exception_is_a_failure_that_is_tried_again()
    {
        await using var app = await WordsApp.StartAsync(databases);
        app.Script.Handle = (work, _) => work.Attempt == 1
            ? throw new InvalidOperationException("outer", new FormatException("too quiet"))
            : Script.Shout(work);

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted, TimeSpan.FromSeconds(1));
        var item = await app.ItemAsync(order);
        item.Attempts.Should().Be(1);
        (await app.TrailAsync(order)).Should().Contain("handler_failed").And.Contain("too quiet").And.Contain("System.FormatException");
        app.Log.Lines.Should().NotContain(l => l.Level > LogLevel.Debug && l.Name == "HandlerFailed");
    }

    [Fact]
    public async Task The_next_attempt_sees_what_came_of_the_ones_before()
    {
        await using var app = await WordsApp.StartAsync(databases);
        IReadOnlyList<WorkFailure> seen = [];
        app.Script.Handle = (work, _) =>
        {
            seen = work.EarlierFailures;
            return work.Attempt == 1 ? Task.FromResult<WorkResult<Loud>>(new WorkFailure("no_voice", "It has no voice.")) : Script.Shout(work);
        };

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted, TimeSpan.FromSeconds(1));
        seen.Select(f => f.Code).Should().Equal("no_voice");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_final_failure_is_not_tried_again(bool isThrown)
    {
        await using var app = await WordsApp.StartAsync(databases);
        var failure = new WorkFailure("no_voice", "It has no voice.") { Retryable = false };
        app.Script.Handle = (_, _) => isThrown ? throw new WorkFailedException(failure) : Task.FromResult<WorkResult<Loud>>(failure);

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Failed);
        var item = await app.ItemAsync(order);
        (item.State, item.Attempts, item.ReadError()!.Code, item.ReadError()!.Message)
            .Should().Be((ItemState.Failed, (short)1, "no_voice", "It has no voice."));
        app.Script.Calls.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_failure_says_when_to_try_again()
    {
        await using var app = await WordsApp.StartAsync(databases);
        app.Script.Handle = (_, _) => Task.FromResult<WorkResult<Loud>>(
            new WorkFailure("busy", "It sings.") { RetryAfter = TimeSpan.FromMinutes(7) });

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.ItemAsync(order)).Attempts == 1);
        var item = await app.ItemAsync(order);
        (item.State, item.AvailableAt).Should().Be((ItemState.Queued, app.Time.GetUtcNow().AddMinutes(7)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_snooze_puts_the_work_off_and_costs_no_attempt(bool isThrown)
    {
        await using var app = await WordsApp.StartAsync(databases);
        var snooze = new WorkSnooze(TimeSpan.FromMinutes(3), "It sleeps.");
        app.Script.Handle = (_, _) => isThrown ? throw new WorkSnoozedException(snooze) : Task.FromResult<WorkResult<Loud>>(snooze);

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.ItemAsync(order)).Releases == 1);
        var item = await app.ItemAsync(order);
        (item.State, item.Attempts, item.AvailableAt).Should().Be((ItemState.Queued, (short)0, app.Time.GetUtcNow().AddMinutes(3)));
        (await app.TrailAsync(order)).Should().Contain("It sleeps.");
    }

    [Fact]
    public async Task A_refused_result_goes_back_to_the_handler_with_its_errors_under_the_same_lease()
    {
        await using var app = await WordsApp.StartAsync(databases);
        var leases = new List<LeaseToken>();
        var errors = new List<string>();
        app.Script.Handle = (work, _) =>
        {
            leases.Add(work.Lease);
            errors.AddRange(work.RefusedFor.Select(e => $"{e.Field}: {e.Code}"));
            return Task.FromResult<WorkResult<Loud>>(new Loud(work.RefusedFor.Count == 0 ? "quiet" : "ONE"));
        };

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted);
        leases.Should().HaveCount(2);
        leases.Distinct().Should().HaveCount(1);
        errors.Should().Equal("text: not_loud");
        (await app.ItemAsync(order)).Attempts.Should().Be(0);
    }

    [Fact]
    public async Task A_result_that_is_refused_again_and_again_fails_the_attempt()
    {
        await using var app = await WordsApp.StartAsync(databases, worker => worker.MaxRepairs = 2);
        app.Script.Handle = (_, _) => Task.FromResult<WorkResult<Loud>>(new Loud("quiet"));

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.ItemAsync(order)).Attempts == 1);
        app.Script.Calls.Should().HaveCount(3);
        (await app.TrailAsync(order)).Should().Contain("result_refused").And.Contain("not_loud");
    }

    [Fact]
    public async Task A_result_is_kept_while_the_database_is_away_and_stored_when_it_is_back()
    {
        await using var app = await WordsApp.StartAsync(databases);
        var go = new TaskCompletionSource();
        app.Script.Handle = async (work, _) =>
        {
            await go.Task;
            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync("one");
        await app.EventuallyAsync(() => !app.Script.Calls.IsEmpty);
        await app.Database.ExecuteAsync("ALTER TABLE work_items RENAME TO gone");
        go.SetResult();
        await app.EventuallyAsync(() => app.Workers.Workers[0].Failures >= 2, TimeSpan.FromSeconds(1));

        await app.Database.ExecuteAsync("ALTER TABLE gone RENAME TO work_items");

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted, TimeSpan.FromSeconds(0.5));
        var item = await app.ItemAsync(order);
        (item.LeaseEpoch, item.Attempts).Should().Be((1L, (short)0), "it is the result of the first lease");
        app.Script.Calls.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_failure()
    {
        await using var app = await WordsApp.StartAsync(databases);
        app.Script.Handle = (work, _) =>
            work.Attempt == 1 ? throw new OperationCanceledException("The other service gave up.", new CancellationToken(canceled: true)) : Script.Shout(work);

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted, TimeSpan.FromSeconds(1));
        (await app.ItemAsync(order)).Attempts.Should().Be(1);
        (await app.TrailAsync(order)).Should().Contain("The other service gave up.");
    }

    [Fact]
    public async Task A_handler_that_returns_nothing_has_failed()
    {
        await using var app = await WordsApp.StartAsync(databases);
        app.Script.Handle = (_, _) => Task.FromResult<WorkResult<Loud>>(null!);

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.ItemAsync(order)).Attempts == 1);
        (await app.TrailAsync(order)).Should().Contain("handler_failed");
    }

    [Fact]
    public async Task A_failure_that_cannot_be_stored_as_it_is_still_fails_the_attempt()
    {
        await using var app = await WordsApp.StartAsync(databases);
        app.Script.Handle = (_, _) => throw new InvalidOperationException(new string('x', 20_000) + "\0");

        var order = await app.ProposeAsync("one");

        await app.EventuallyAsync(async () => (await app.ItemAsync(order)).Attempts == 1);
    }

    [Fact]
    public async Task Input_that_cannot_be_read_fails_at_once()
    {
        await using var app = await WordsApp.CreateAsync(databases);
        var order = await app.ProposeAsync("one");
        await app.Database.ExecuteAsync("UPDATE work_items SET input = '{\"text\":17}'");

        await app.StartAsync();

        await app.EventuallyAsync(async () => (await app.ItemAsync(order)).State == ItemState.Failed);
        (await app.ItemAsync(order)).ReadError()!.Code.Should().Be(WorkErrorCodes.UnreadableDocument);
        app.Script.Calls.Should().BeEmpty();
    }
}

public sealed class HandlingOnSqlite(SqliteFixture databases) : HandlingSpecification(databases), IOnSqlite;

public sealed class HandlingOnPostgreSql(PostgreSqlFixture databases) : HandlingSpecification(databases), IOnPostgreSql;
