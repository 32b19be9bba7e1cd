using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WorkManager.Hosting.Diagnostics;

/// <summary>How much waits, and how long, by order type. It is read when somebody collects metrics, and not more often than every 15 seconds.</summary>
/// <remarks>A collector does not wait for a database: it gets what was read the last time, and begins the next reading.</remarks>
internal sealed class QueueMetrics : IHostedService
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private readonly IWorkMaintenance maintenance;
    private readonly TimeProvider time;
    private readonly ILogger<QueueMetrics> log;
    private IReadOnlyList<QueueStatus> last = [];
    private long readAt;
    private bool hasFailed;
    private int reading;

    public QueueMetrics(IMeterFactory meters, IWorkMaintenance maintenance, TimeProvider time, ILogger<QueueMetrics> log)
    {
        this.maintenance = maintenance;
        this.time = time;
        this.log = log;
        readAt = long.MinValue;
        var meter = meters.Create(WorkActivity.Source);
        meter.CreateObservableGauge("workmanager.queue.items", Items, "{item}", "Items that are available, waiting, leased or expired.");
        meter.CreateObservableGauge("workmanager.queue.age", Ages, "s", "How long the oldest available item can be claimed.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Items() => Latest().SelectMany(q => new Measurement<long>[]
    {
        Of(q, "available", q.Available), Of(q, "waiting", q.Waiting), Of(q, "leased", q.Leased), Of(q, "expired", q.Expired),
    });

    private static Measurement<long> Of(QueueStatus queue, string state, int count) =>
        new(count, new("order_type", queue.OrderType), new KeyValuePair<string, object?>("state", state));

    private IEnumerable<Measurement<double>> Ages() => Latest().Select(q => new Measurement<double>(
        q.AvailableSince is { } since ? Math.Max(0, (time.GetUtcNow() - since).TotalSeconds) : 0,
        new KeyValuePair<string, object?>("order_type", q.OrderType)));

    private IReadOnlyList<QueueStatus> Latest()
    {
        var isFresh = readAt != long.MinValue && time.GetElapsedTime(Volatile.Read(ref readAt)) < Fresh;
        if (!isFresh && Interlocked.Exchange(ref reading, 1) == 0)
        {
            _ = Task.Run(ReadAsync);
        }

        return last;
    }

    private async Task ReadAsync()
    {
        try
        {
            last = await maintenance.ReadQueueAsync(CancellationToken.None).ConfigureAwait(false);
            hasFailed = false;
        }
        catch (Exception failure)
        {
            if (!hasFailed)
            {
                log.QueueNotRead(failure);
            }

            // What was true some time ago would look as if it were now.
            (last, hasFailed) = ([], true);
        }
        finally
        {
            Volatile.Write(ref readAt, time.GetTimestamp());
            Volatile.Write(ref reading, 0);
        }
    }
}
