using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkManager;

namespace Countries.Agents;

/// <summary>Takes back leases that have run out, as every host has to: WorkManager starts no timers of its own.</summary>
internal sealed class LeaseReclaimer(IServiceScopeFactory scopes, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IWorkMaintenance>().ReclaimExpiredAsync(stoppingToken);
        }
    }
}
