using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WorkManager.Hosting.Leases;
using WorkManager.Hosting.Workers;

namespace WorkManager.Hosting.Tests.Words;

/// <summary>A host with a worker in it, on a database of its own, with time that stands still until it is moved.</summary>
public sealed class WordsApp : IAsyncDisposable
{
    public static readonly DatabaseTemplate Migrated = new(MigrateAsync);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly IHost host;

    private WordsApp(TestDatabase database, IHost host, FakeTimeProvider time, Script script, LogSink log)
    {
        Database = database;
        this.host = host;
        Time = time;
        Script = script;
        Log = log;
    }

    public static TimeSpan LeaseTime { get; } = TimeSpan.FromSeconds(30);

    public TestDatabase Database { get; }

    public FakeTimeProvider Time { get; }

    public Script Script { get; }

    public LogSink Log { get; }

    public IServiceProvider Services => host.Services;

    public IWorkMaintenance Maintenance => Services.GetRequiredService<IWorkMaintenance>();

    public IWorkOrderManager Requester => By(Actor.User("requester"));

    internal WorkerService Workers => Services.GetRequiredService<WorkerService>();

    internal LeaseKeeper Leases => Services.GetService<LeaseKeeper>() ?? new LeaseKeeper(Time, NullLogger<LeaseKeeper>.Instance);

    public IWorkOrderManager By(Actor actor) => Services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor);

    /// <summary>A host with one worker, started.</summary>
    public static async Task<WordsApp> StartAsync(
        DatabaseFixture databases, Action<WorkerOptions>? worker = null, Action<HostApplicationBuilder>? configure = null)
    {
        var app = await CreateAsync(databases, worker, configure);
        await app.StartAsync();
        return app;
    }

    /// <summary>A host with one worker, not started yet.</summary>
    public static async Task<WordsApp> CreateAsync(
        DatabaseFixture databases, Action<WorkerOptions>? worker = null, Action<HostApplicationBuilder>? configure = null, DatabaseTemplate? template = null)
    {
        var database = await databases.CreateAsync(template ?? Migrated);
        return On(database, builder => builder.AddWorker<Uppercase, ScriptedHandler>(worker), configure);
    }

    public static WordsApp On(TestDatabase database, Action<IWorkManagerBuilder> work, Action<HostApplicationBuilder>? configure = null)
    {
        var (time, script, log) = (new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)), new Script(), new LogSink());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton(script);
        builder.Services.AddDbContext<WorkManagerDbContext>(database.Configure);
        var added = builder.Services.AddWorkManager(options =>
        {
            options.Clock = ClockSource.TimeProvider;
            options.Lease.Ttl = LeaseTime;
            options.Lease.HeartbeatEvery = LeaseTime / 3;
            options.Retry.DefaultMaxAttempts = 2;
            options.Retry.Backoff = TimeSpan.FromSeconds(2);
        });
        work(added);
        configure?.Invoke(builder);
        return new WordsApp(database, builder.Build(), time, script, log);
    }

    public Task StartAsync() => host.StartAsync();

    public Task StopAsync() => host.StopAsync();

    /// <summary>The signal that a host gets when it is to end. It does not wait for the end.</summary>
    public void SignalStop() => Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    public Task<WorkOrder> ProposeAsync(params string[] texts) => Requester.ProposeAsync(new Words(texts));

    public Task<WorkOrder> OrderAsync(Guid id) => Requester.GetAsync(id, OrderParts.All);

    public async Task<WorkItem> ItemAsync(WorkOrder order) => (await OrderAsync(order.Id)).Items.Single();

    /// <summary>What the audit trail of an order says, as one text.</summary>
    public async Task<string> TrailAsync(WorkOrder order) =>
        string.Join('\n', (await OrderAsync(order.Id)).Events.Select(e => $"{e.Event} {e.Message} {e.Payload}"));

    /// <summary>Waits until something is so. Time stands still meanwhile.</summary>
    public Task EventuallyAsync(Func<Task<bool>> isSo) => EventuallyAsync(isSo, TimeSpan.Zero);

    public Task EventuallyAsync(Func<bool> isSo) => EventuallyAsync(() => Task.FromResult(isSo()), TimeSpan.Zero);

    /// <summary>Moves time on, step by step, until something is so.</summary>
    public async Task EventuallyAsync(Func<Task<bool>> isSo, TimeSpan step)
    {
        using var late = new CancellationTokenSource(Deadline);
        while (!await isSo())
        {
            if (late.IsCancellationRequested)
            {
                Assert.Fail($"It was not so within {Deadline}. What was logged:\n{string.Join('\n', Log.Lines)}");
            }

            Time.Advance(step);
            await Task.Delay(Look, CancellationToken.None);
            while (step > TimeSpan.Zero && !late.IsCancellationRequested && Leases.Held.Any(l => l is { IsLost: false, IsStuck: false } && l.Age >= l.NextBeat))
            {
                // No next step before the heartbeats have come that are due, as slow as this machine may be. Time goes on as it does outside, for whoever began
                // to wait just after the step.
                Time.Advance(Look);
                await Task.Delay(Look, CancellationToken.None);
            }
        }
    }

    public Task EventuallyAsync(Func<bool> isSo, TimeSpan step) => EventuallyAsync(() => Task.FromResult(isSo()), step);

    public async ValueTask DisposeAsync()
    {
        // What a test leaves in its handlers must not keep the host from ending.
        var stopping = host.StopAsync();
        await EventuallyAsync(() => stopping.IsCompleted, TimeSpan.FromSeconds(1));
        host.Dispose();
        await Database.DisposeAsync();
    }

    private static async Task MigrateAsync(TestDatabase database)
    {
        var services = new ServiceCollection();
        services.AddDbContext<WorkManagerDbContext>(database.Configure);
        services.AddWorkManager();
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<WorkManagerDbContext>().Database.MigrateAsync();
    }
}
