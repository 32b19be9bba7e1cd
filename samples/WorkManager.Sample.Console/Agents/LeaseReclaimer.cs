using Countries.Reporting;
using Microsoft.Extensions.Hosting;
using WorkManager;

namespace Countries.Agents;

/// <summary>Takes back leases that have run out, as every host has to: WorkManager starts no timers of its own.</summary>
internal sealed class LeaseReclaimer(IWorkMaintenance maintenance, TimeProvider time, Story story) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (await maintenance.ReclaimExpiredAsync(stoppingToken) is > 0 and var count)
            {
                story.Stress($"Maintenance: ReclaimExpiredAsync takes back what has run out: {count} {(count == 1 ? "lease" : "leases")}.");
            }
        }
    }
}
