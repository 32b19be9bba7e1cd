using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkManager.Load.Databases;

namespace WorkManager.Load.Systems;

/// <summary>A host with one worker, whose handler returns at once.</summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private readonly IHost host;
    private readonly MeterListener listener = new();
    private long stored;

    public WorkerHost(LoadDatabase database, Action<WorkerOptions> worker)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole();
        builder.Services.AddDbContextPool<LoadContext>(database.Configure);
        builder.Services.AddWorkManager().UseDbContext<LoadContext>().AddWorker<LoadWork, AtOnce>(worker);
        host = builder.Build();
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "workmanager.worker.duration" && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref stored));
        listener.Start();
    }

    /// <summary>How many items have left the worker.</summary>
    public long Stored => Interlocked.Read(ref stored);

    public Task StartAsync() => host.StartAsync();

    public IWorkOrderManager As(Actor actor) => host.Services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor);

    /// <summary>Waits until so many items have left the worker.</summary>
    public async Task WaitForAsync(long items, CancellationToken cancellationToken = default)
    {
        while (Stored < items)
        {
            await Task.Delay(1, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        listener.Dispose();
        host.Dispose();
    }

    private sealed class AtOnce : IWorkHandler<LoadInput, LoadResult>
    {
        public Task<WorkResult<LoadResult>> HandleAsync(WorkContext<LoadInput> work, CancellationToken cancellationToken) =>
            Task.FromResult<WorkResult<LoadResult>>(Documents.ResultValue);
    }
}
