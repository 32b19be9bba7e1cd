using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Hosting.Tests.Words;

namespace WorkManager.Hosting.Tests.Diagnostics;

/// <summary>What a host measures, and how its traces go on.</summary>
public abstract class TelemetrySpecification(DatabaseFixture databases)
{
    private const string Durations = "workmanager.worker.duration";
    private const string Items = "workmanager.queue.items";
    private const string Ages = "workmanager.queue.age";

    [Fact]
    public async Task The_time_in_the_lease_is_measured_by_how_the_work_ended()
    {
        using var measured = new Measured();
        await using var app = await StartAsync(measured);
        app.Script.Handle = async (work, _) =>
        {
            await Task.Yield();
            app.Time.Advance(TimeSpan.FromSeconds(3));
            return work.Input.Text switch
            {
                "fail" => new WorkFailure("no_voice", "It has no voice.") { Retryable = false },
                "snooze" => new WorkSnooze(TimeSpan.FromDays(1)),
                _ => await Script.Shout(work),
            };
        };

        foreach (var text in (string[])["submit", "fail", "snooze"])
        {
            await app.ProposeAsync(text);
            var before = measured.Of(Durations).Count;
            await app.EventuallyAsync(() => measured.Of(Durations).Count == before + 1);
        }

        measured.Of(Durations).Should().Equal(
            ("worker=words.uppercase outcome=submitted", 3), ("worker=words.uppercase outcome=failed", 3), ("worker=words.uppercase outcome=snoozed", 3));
        await app.EventuallyAsync(() => measured.Of("workmanager.worker.in_work").Sum(m => m.Value) == 0);
        measured.Of("workmanager.worker.in_work").Where(m => m.Value > 0).Should().HaveCount(3).And.OnlyContain(m => m.Tags == "worker=words.uppercase");
    }

    [Fact]
    public async Task The_queue_is_measured_by_order_type_and_state()
    {
        using var measured = new Measured();
        await using var app = await WordsApp.CreateAsync(databases, null, host => host.Services.AddSingleton<IMeterFactory>(measured));
        await app.ProposeAsync("leased", "available", "available, too");
        await app.Requester.ProposeAsync(new Words.Words(["later"]), new ProposeOptions { AvailableAt = app.Time.GetUtcNow().AddDays(1) });
        (await app.By(Actor.Agent("other")).CheckoutAsync()).Should().NotBeNull();
        app.Time.Advance(TimeSpan.FromSeconds(20));
        await using var host = WordsApp.On(
            app.Database, work => work.AddOrderType<Uppercase>().AddQueueMetrics(), builder => builder.Services.AddSingleton<IMeterFactory>(measured));
        await host.StartAsync();

        // A collector does not wait for the first reading.
        IReadOnlyList<(string Tags, double Value)> items = [];
        await host.EventuallyAsync(() => (items = measured.Observe(Items)).Count > 0);

        items.Should().BeEquivalentTo(
        [
            ("order_type=words.uppercase state=available", 2.0), ("order_type=words.uppercase state=waiting", 1.0),
            ("order_type=words.uppercase state=leased", 1.0), ("order_type=words.uppercase state=expired", 0.0),
        ]);
    }

    [Fact]
    public async Task A_queue_that_cannot_be_read_is_left_out_and_told_once()
    {
        using var measured = new Measured();
        await using var app = await WordsApp.CreateAsync(databases);
        await app.ProposeAsync("one");
        await using var host = WordsApp.On(
            app.Database, work => work.AddOrderType<Uppercase>().AddQueueMetrics(), builder => builder.Services.AddSingleton<IMeterFactory>(measured));
        await host.StartAsync();
        await host.EventuallyAsync(() => measured.Observe(Ages).Count > 0);
        await app.Database.ExecuteAsync("ALTER TABLE work_items RENAME TO gone");

        host.Time.Advance(TimeSpan.FromSeconds(14));
        measured.Observe(Ages).Should().Equal([("order_type=words.uppercase", 14)], "what was read is kept for 15 seconds");
        host.Time.Advance(TimeSpan.FromSeconds(2));
        await host.EventuallyAsync(() => measured.Observe(Ages).Count == 0);
        host.Time.Advance(TimeSpan.FromSeconds(16));
        measured.Observe(Ages).Should().BeEmpty();
        await app.Database.ExecuteAsync("ALTER TABLE gone RENAME TO work_items");
        await host.EventuallyAsync(() => measured.Observe(Ages).Count > 0, TimeSpan.FromSeconds(16));

        host.Log.Names.Count(n => n == "QueueNotRead").Should().Be(1);
    }

    [Fact]
    public async Task The_work_on_an_item_belongs_to_the_trace_of_its_order()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "WorkManager" or "WorkManager.Hosting" or "Test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("Test");
        await using var app = await WordsApp.StartAsync(databases);
        app.Script.Handle = (work, _) => work.Input.Text == "one" ? Script.Shout(work) : throw new InvalidOperationException("It is hoarse.");

        foreach (var (text, outcome, status) in ((string, string, ActivityStatusCode)[])
            [("one", "submitted", ActivityStatusCode.Unset), ("two", "failed", ActivityStatusCode.Error)])
        {
            ActivityTraceId trace;
            WorkOrder order;
            using (var proposing = source.StartActivity("proposing")!)
            {
                trace = proposing.TraceId;
                order = await app.ProposeAsync(text);
            }

            Activity? handled = null;
            await app.EventuallyAsync(() => (handled = ended.FirstOrDefault(a => a.OperationName == "workmanager.handle" && a.TraceId == trace)) is not null);

            var item = await app.ItemAsync(order);
            handled!.Kind.Should().Be(ActivityKind.Consumer);
            handled.Status.Should().Be(status);
            handled.TagObjects.Should().Equal(
                new("workmanager.worker", "words.uppercase"), new("workmanager.order.type", "words.uppercase"), new("workmanager.item.id", item.Id),
                new("workmanager.outcome", outcome));
            handled.Events.SelectMany(e => e.Tags).Any(t => Equals(t.Value, "It is hoarse.")).Should().Be(outcome == "failed");
        }
    }

    private Task<WordsApp> StartAsync(IMeterFactory meters) =>
        WordsApp.StartAsync(databases, configure: host => host.Services.AddSingleton(meters));
}

public sealed class TelemetryOnSqlite(SqliteFixture databases) : TelemetrySpecification(databases), IOnSqlite;

public sealed class TelemetryOnPostgreSql(PostgreSqlFixture databases) : TelemetrySpecification(databases), IOnPostgreSql;
