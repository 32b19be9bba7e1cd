using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Diagnostics;

public abstract class TelemetrySpecification(DatabaseFixture databases)
{
    private const string Secret = "secret-7c1d";

    [Fact]
    public async Task Propose_work_and_apply_are_one_trace()
    {
        using var source = new ActivitySource("test.requester");
        var finished = new ConcurrentBag<Activity>();
        using var listener = Listen(finished);
        await using var app = await ShopApp.StartAsync(databases);
        var agent = app.Agent("agent-1");

        WorkOrder order;
        ActivityTraceId trace;
        using (var request = source.StartActivity("request"))
        {
            trace = request!.TraceId;
            order = await app.Requester.ProposeAsync(new EchoPayload("hello"));
        }

        await agent.ReleaseAsync((await agent.CheckoutAsync<Echo>())!);
        await agent.FailAsync((await agent.CheckoutAsync<Echo>())!, new WorkFailure("broken", "It is.") { RetryAfter = TimeSpan.Zero });
        var lease = await agent.CheckoutAsync<Echo>();
        await agent.SubmitAsync(lease!, new EchoResult(true, true));
        await app.Reviewer.ApproveAsync(order.Id);

        lease!.TraceParent.Should().Contain(trace.ToString());
        finished.Where(a => a.TraceId == trace && a.Source.Name == "WorkManager").Select(a => a.OperationName)
            .Should().BeEquivalentTo(
                "workmanager.propose", "workmanager.checkout", "workmanager.release", "workmanager.checkout", "workmanager.fail", "workmanager.checkout",
                "workmanager.submit", "workmanager.approve");
        var events = (await app.OrderAsync(order.Id)).Events;
        events.Where(e => e.Event != WorkEventNames.Leased && e.Event != WorkEventNames.CheckedOut)
            .Should().OnlyContain(e => e.TraceParent!.Contains(trace.ToString()), "each row names the operation that wrote it");
    }

    [Fact]
    public async Task Every_operation_is_measured_once_with_its_outcome()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddMetrics());
        var measured = new ConcurrentBag<string>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "workmanager.operation.duration" && instrument.Meter.Scope == app.Services.GetRequiredService<IMeterFactory>())
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) => measured.Add(string.Join(" ", tags.ToArray().Select(t => t.Value))));
        meters.Start();

        var order = await app.Requester.ProposeAsync(new EchoPayload("hello"));
        var approve = () => app.Reviewer.ApproveAsync(order.Id);
        await approve.Should().ThrowAsync<OrderNotReadyException>();

        measured.Should().BeEquivalentTo("propose ok", "approve order_not_ready");
    }

    [Fact]
    public async Task No_payload_and_no_result_is_in_logs_or_traces()
    {
        var finished = new ConcurrentBag<Activity>();
        using var listener = Listen(finished);
        var log = new RecordingLog();
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddLogging(l => l.AddProvider(log).SetMinimumLevel(LogLevel.Trace)));
        var agent = app.Agent("agent-1");

        var order = await app.Requester.ProposeAsync(new EchoPayload(Secret));
        var lease = await agent.CheckoutAsync<Echo>();
        var refused = () => agent.SubmitAsync(lease!, new EchoResult(true, false, Secret));
        await refused.Should().ThrowAsync<WorkValidationException>();
        await agent.SubmitAsync(lease!, new EchoResult(true, true, Secret), new() { Notes = Secret });
        await app.Reviewer.ApproveAsync(order.Id);

        log.Lines.Should().NotBeEmpty();
        log.Lines.Should().NotContain(l => l.Contains(Secret));
        finished.SelectMany(a => a.TagObjects).Should().NotContain(t => $"{t.Value}".Contains(Secret));
    }

    private static ActivityListener Listen(ConcurrentBag<Activity> finished)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is "WorkManager" or "test.requester",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = finished.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class RecordingLog : ILoggerProvider, ILogger
    {
        public ConcurrentBag<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}

/// <summary>
/// A listener hears the whole process, and a checkout that somebody listens to reads the traces of its orders: tests that count statements must not run
/// meanwhile.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class ListensToTheProcess;

[Collection<ListensToTheProcess>]
public sealed class TelemetryOnSqlite(SqliteFixture databases) : TelemetrySpecification(databases), IOnSqlite;

[Collection<ListensToTheProcess>]
public sealed class TelemetryOnPostgreSql(PostgreSqlFixture databases) : TelemetrySpecification(databases), IOnPostgreSql;
