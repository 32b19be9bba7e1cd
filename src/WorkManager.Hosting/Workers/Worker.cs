using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WorkManager.Hosting.Diagnostics;
using WorkManager.Hosting.Leases;
using WorkManager.Hosting.Timing;

namespace WorkManager.Hosting.Workers;

/// <summary>Claims items of an order type as it has free places, and has them worked on.</summary>
internal abstract class Worker
{
    private const int MostInAClaim = 1000;

    private readonly Channel<HeldLease> leased = Channel.CreateUnbounded<HeldLease>();
    private readonly Signal signal;
    private readonly Outage outage;
    private readonly int fewest;
    private int places;

    protected Worker(IServiceProvider services, string name, string orderType)
    {
        Services = services;
        Name = name;
        OrderType = orderType;
        Options = services.GetRequiredService<IOptionsMonitor<WorkerOptions>>().Get(name);
        Time = services.GetRequiredService<TimeProvider>();
        Log = services.GetRequiredService<ILoggerFactory>().CreateLogger<Worker>();
        Metrics = services.GetRequiredService<WorkerMetrics>();
        var factory = services.GetRequiredService<IWorkOrderManagerFactory>();
        var actor = services.GetRequiredService<WorkerIdentity>().AsActor(Options.Model);
        Manager = Options.AllTenants ? factory.CreateForAllTenants(actor) : factory.Create(actor);
        Keeper = services.GetRequiredService<LeaseKeeper>();
        signal = new Signal(Time);
        outage = new Outage(Time);
        places = Options.Concurrency + Options.Prefetch;
        // As long as there is work beforehand, no place is empty: fewer calls can claim more each.
        fewest = Math.Max(1, Options.Prefetch / 2);
    }

    public string Name { get; }

    public string OrderType { get; }

    /// <summary>How often in a row it could not ask for work.</summary>
    public int Failures => outage.Failures;

    protected IServiceProvider Services { get; }

    protected WorkerOptions Options { get; }

    protected IWorkOrderManager Manager { get; }

    protected LeaseKeeper Keeper { get; }

    protected TimeProvider Time { get; }

    protected ILogger Log { get; }

    protected WorkerMetrics Metrics { get; }

    /// <summary>There may be work: it asks at once.</summary>
    public void Wake() => signal.Set();

    /// <summary>Works until it is to drain, and then until the last handler has ended. Leases that no handler has begun on are left to the keeper.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        var handling = Enumerable.Range(0, Options.Concurrency).Select(_ => HandleAllAsync(draining)).ToList();
        await ClaimAsync(draining).ConfigureAwait(false);
        leased.Writer.Complete();
        await Task.WhenAll(handling).ConfigureAwait(false);
    }

    /// <summary>Does the work on an item, and writes what comes of it.</summary>
    /// <returns>Whether the lease has ended. If not, it is to be given back.</returns>
    protected abstract Task<bool> HandleAsync(HeldLease lease);

    private async Task ClaimAsync(CancellationToken draining)
    {
        var idle = Options.MinIdle;
        while (!draining.IsCancellationRequested)
        {
            var free = Math.Min(Volatile.Read(ref places), MostInAClaim);
            if (free < fewest)
            {
                await signal.WaitAsync(Timeout.InfiniteTimeSpan, draining).ConfigureAwait(false);
                continue;
            }

            var wait = TimeSpan.Zero;
            try
            {
                var claimed = await ClaimAsync(free, draining).ConfigureAwait(false);
                if (outage.End() is > 0 and var failures)
                {
                    Log.WorkerIsBack(Name, failures);
                }

                idle = claimed > 0 ? Options.MinIdle : idle;
                wait = claimed < free ? Jitter.Above(idle) : TimeSpan.Zero;
                idle = claimed == 0 ? Longer(idle) : idle;
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                wait = outage.Fail();
                if (outage.Failures == 1)
                {
                    Log.WorkerCannotClaim(Name, failure);
                }
            }

            if (wait > TimeSpan.Zero)
            {
                await signal.WaitAsync(wait, draining).ConfigureAwait(false);
            }
        }
    }

    private async Task<int> ClaimAsync(int count, CancellationToken draining)
    {
        var askedAt = Time.GetTimestamp();
        var leases = await Manager.CheckoutManyAsync(count, new CheckoutRequest { Type = OrderType, Ttl = Options.LeaseTime }, draining).ConfigureAwait(false);
        Interlocked.Add(ref places, -leases.Count);
        Metrics.Leased(Name, leases.Count);
        foreach (var lease in leases)
        {
            leased.Writer.TryWrite(Keeper.Add(lease, Manager, askedAt));
        }

        return leases.Count;
    }

    private TimeSpan Longer(TimeSpan idle) => idle * 2 < Options.MaxIdle ? idle * 2 : Options.MaxIdle;

    private async Task HandleAllAsync(CancellationToken draining)
    {
        await foreach (var lease in leased.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            // What has not begun when the host shuts down goes back.
            if (!draining.IsCancellationRequested && lease.TryBegin() && await TryHandleAsync(lease).ConfigureAwait(false))
            {
                Keeper.Remove(lease);
            }

            Metrics.Leased(Name, -1);
            Interlocked.Increment(ref places);
            signal.Set();
        }
    }

    private async Task<bool> TryHandleAsync(HeldLease lease)
    {
        try
        {
            // What was lost while it waited is not the worker's any more.
            return lease.IsLost || await HandleAsync(lease).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Such as a service of the scope that cannot be disposed of. The lease may have ended; if not, it runs out.
            Log.WorkFaulted(Name, lease.Token.ItemId, failure);
            return true;
        }
    }
}
