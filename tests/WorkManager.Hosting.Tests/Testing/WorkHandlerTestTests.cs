using AwesomeAssertions;
using Microsoft.Extensions.Time.Testing;
using WorkManager.Hosting.Tests.Words;

namespace WorkManager.Hosting.Tests.Testing;

/// <summary>A handler alone, without a host and a database.</summary>
public sealed class WorkHandlerTestTests
{
    private readonly WorkHandlerTest test = new();
    private readonly Script script = new();

    private ScriptedHandler Handler => new(script);

    [Fact]
    public async Task A_handler_gets_its_input_and_returns_its_result()
    {
        var result = await test.RunAsync(Handler, new Word("one"));

        (result.IsDone, result.Result).Should().Be((true, new Loud("ONE")));
    }

    [Fact]
    public async Task What_is_thrown_deep_inside_is_returned()
    {
        script.Handle = (_, _) => throw new WorkFailedException(new WorkFailure("no_voice", "It has none."));
        var failed = await test.RunAsync(Handler, new Word("one"));
        script.Handle = (_, _) => throw new WorkSnoozedException(new WorkSnooze(TimeSpan.FromMinutes(1)));
        var snoozed = await test.RunAsync(Handler, new Word("one"));

        (failed.IsDone, failed.Failure!.Code, failed.Snooze).Should().Be((false, "no_voice", null));
        (snoozed.IsDone, snoozed.Failure, snoozed.Snooze!.Delay).Should().Be((false, null, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Any_other_exception_is_thrown()
    {
        script.Handle = (_, _) => throw new InvalidOperationException("a bug");

        (await test.Awaiting(t => t.RunAsync(Handler, new Word("one"))).Should().ThrowAsync<InvalidOperationException>()).WithMessage("a bug");
    }

    [Fact]
    public async Task A_handler_can_be_asked_to_stop()
    {
        var stopped = WorkStopReason.Draining;
        script.Handle = async (work, stop) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            stopped = work.StopReason!.Value;
            return new WorkSnooze(TimeSpan.Zero);
        };
        var running = test.RunAsync(Handler, new Word("one"));

        test.Stop(WorkStopReason.LeaseLost);

        (await running).Snooze.Should().NotBeNull();
        stopped.Should().Be(WorkStopReason.LeaseLost);
    }

    [Fact]
    public async Task A_handler_is_asked_to_stop_when_its_time_is_over_by_the_clock_of_the_test()
    {
        var clock = new FakeTimeProvider();
        var timed = new WorkHandlerTest(clock) { Timeout = TimeSpan.FromMinutes(5) };
        WorkStopReason? reason = null;
        script.Handle = async (work, stop) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), clock, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            reason = work.StopReason;
            return await Script.Shout(work);
        };
        var running = timed.RunAsync(Handler, new Word("one"));

        clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        running.IsCompleted.Should().BeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(1));

        (await running).IsDone.Should().BeTrue("a result that it still returns counts");
        reason.Should().Be(WorkStopReason.Timeout);
    }

    [Fact]
    public async Task What_a_handler_sees_of_its_item_is_what_the_test_says()
    {
        test.Attempt = 3;
        test.TenantId = "north";
        test.EarlierFailures = [new WorkFailure("no_voice", "It has none.")];
        test.RefusedFor = [new ValidationError("text", "not_loud", "Louder.")];
        WorkContext<Word>? seen = null;
        script.Handle = (work, _) =>
        {
            seen = work;
            work.ReportProgress(50);
            return Script.Shout(work);
        };

        await test.RunAsync(Handler, new Word("one"));

        (seen!.Attempt, seen.TenantId, seen.OrderId, seen.ItemId, test.Progress).Should().Be((3, "north", test.OrderId, seen.Lease.ItemId, 50));
        seen.EarlierFailures.Should().BeSameAs(test.EarlierFailures);
        seen.RefusedFor.Should().BeSameAs(test.RefusedFor);
        seen.StopReason.Should().BeNull();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public async Task Progress_is_0_to_100(int percent)
    {
        script.Handle = (work, _) =>
        {
            work.ReportProgress(percent);
            return Script.Shout(work);
        };

        await test.Awaiting(t => t.RunAsync(Handler, new Word("one"))).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }
}
