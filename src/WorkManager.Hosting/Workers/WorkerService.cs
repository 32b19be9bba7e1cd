using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WorkManager.Hosting.Leases;
using WorkManager.Hosting.Timing;

namespace WorkManager.Hosting.Workers;

/// <summary>Runs the workers of the process from the start of the host to its end.</summary>
/// <remarks>
/// When the host is asked to stop, it claims no more, and gives back what no handler has begun on. Handlers are cancelled five seconds before the host's
/// timeout. Three seconds later, or when all have ended, everything that is still held goes back in one call.
/// </remarks>
internal sealed class WorkerService(
    IEnumerable<WorkerDescriptor> descriptors, IServiceProvider services, LeaseKeeper keeper, WorkerIdentity identity, IWorkMaintenance maintenance,
    IWorkQueueSignal queue, IHostApplicationLifetime lifetime, IOptions<HostOptions> host, TimeProvider time, ILogger<WorkerService> log)
    : IHostedLifecycleService, IDisposable
{
    // What handlers and the last call have of the host's time.
    private static readonly TimeSpan ForEnding = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ForHandlers = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource draining = new();
    private readonly CancellationTokenSource ended = new();
    private List<Worker> workers = [];
    private Task working = Task.CompletedTask;
    private Task keeping = Task.CompletedTask;
    private Task? drained;
    private long stoppingAt;

    public IReadOnlyList<Worker> Workers => workers;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await maintenance.CheckSchemaAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception away) when (away is not (WorkManagerSchemaException or OperationCanceledException))
        {
            log.SchemaNotChecked(away);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        workers = [.. descriptors.Select(d => d.Create(services))];
        lifetime.ApplicationStopping.Register(Drain);
        keeping = Task.Run(() => keeper.RunAsync(ended.Token), CancellationToken.None);
        working = Task.WhenAll(workers.Select(w => Task.Run(() => w.RunAsync(draining.Token), CancellationToken.None)));
        queue.WorkQueued += Wake;
        log.WorkersStarted(workers.Count, identity.AgentId, string.Join(", ", workers.Select(w => w.Name)));
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        Drain();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Drain();
        // The host's own limit. The call that gives leases back is not cancelled by it, only not waited for any longer.
        return drained!.WaitAsync(cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        draining.Dispose();
        ended.Dispose();
    }

    private void Wake(string orderType)
    {
        foreach (var worker in workers.Where(w => w.OrderType == orderType))
        {
            worker.Wake();
        }
    }

    private void Drain()
    {
        lock (draining)
        {
            if (drained is not null)
            {
                return;
            }

            stoppingAt = time.GetTimestamp();
            queue.WorkQueued -= Wake;
            draining.Cancel();
            drained = Task.Run(DrainAsync);
        }
    }

    private async Task DrainAsync()
    {
        var limit = host.Value.ShutdownTimeout;
        var (cancelAt, giveBackAt) = limit > ForEnding * 2
            ? (limit - ForEnding, limit - ForEnding + ForHandlers)
            : (limit / 2, limit * 0.75);
        var waiting = keeper.Held.Where(l => l.TryBegin()).ToList();
        var given = await GiveBackAsync(waiting).ConfigureAwait(false);
        log.WorkersDrain(keeper.Held.Count);
        await WaitForWorkersAsync(cancelAt).ConfigureAwait(false);
        foreach (var lease in keeper.Held)
        {
            keeper.Stop(lease, WorkStopReason.Draining);
        }

        await WaitForWorkersAsync(giveBackAt).ConfigureAwait(false);
        given += await GiveBackAsync([.. keeper.Held]).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await keeping.ConfigureAwait(false);
        log.WorkersEnded(given);
    }

    /// <summary>Waits until all handlers have ended, or until a time after the host was asked to stop.</summary>
    private async Task WaitForWorkersAsync(TimeSpan until)
    {
        var left = until - time.GetElapsedTime(stoppingAt);
        if (left > TimeSpan.Zero)
        {
            await working.WaitAsync(left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> GiveBackAsync(List<HeldLease> left)
    {
        left.ForEach(keeper.Remove);
        left.RemoveAll(l => l.IsLost);
        var given = 0;
        try
        {
            foreach (var group in left.GroupBy(l => l.Manager).SelectMany(g => g.Chunk(1000)))
            {
                given += await ReleaseAsync(group).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            log.NotGivenBack(left.Count - given, failure);
        }

        return given;
    }

    /// <summary>One call for all. What others have locked at that moment is asked for again, some times.</summary>
    private async Task<int> ReleaseAsync(HeldLease[] leases)
    {
        const int tries = 5;
        var options = new ReleaseOptions { IsDraining = true, Reason = "The host shuts down." };
        var given = 0;
        for (var attempt = 1; leases.Length > 0 && attempt <= tries; attempt++)
        {
            var outcomes = await leases[0].Manager.ReleaseManyAsync(Array.ConvertAll(leases, l => l.Token), options, CancellationToken.None)
                .ConfigureAwait(false);
            given += outcomes.Count(o => o.Succeeded);
            leases = [.. leases.Zip(outcomes).Where(pair => pair.Second.Error is WorkBusyException).Select(pair => pair.First)];
            if (leases.Length > 0)
            {
                await Task.Delay(Jitter.Around(TimeSpan.FromMilliseconds(50)), time).ConfigureAwait(false);
            }
        }

        return given;
    }
}
