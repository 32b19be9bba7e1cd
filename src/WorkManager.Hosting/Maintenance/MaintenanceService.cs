using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WorkManager.Hosting.Timing;

namespace WorkManager.Hosting.Maintenance;

/// <summary>Does every duty on its own schedule. A duty that fails stops no other, and not the host.</summary>
internal sealed class MaintenanceService(
    IWorkMaintenance maintenance, IOptions<MaintenanceSchedule> options, TimeProvider time, ILogger<MaintenanceService> log)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Duties(options.Value).Select(duty => duty.Every is { } every ? RunAsync(duty.Name, duty.RunAsync, every, stoppingToken) : Task.CompletedTask));

    private IEnumerable<(string Name, TimeSpan? Every, Func<CancellationToken, Task> RunAsync)> Duties(MaintenanceSchedule every) =>
    [
        ("reclaim", every.ReclaimExpired, token => maintenance.ReclaimExpiredAsync(token)),
        ("approve_due", every.ApproveDue, token => maintenance.ApproveDueAsync(token)),
        ("settle_dependencies", every.SettleDependencies, token => maintenance.SettleDependenciesAsync(token)),
        ("generate", every.Generate, token => maintenance.GenerateAsync(dryRun: false, token)),
        ("dead_letter_due", every.DeadLetterDue, token => maintenance.DeadLetterDueAsync(token)),
        ("find_stale", every.FindStale, token => maintenance.FindStaleAsync(token)),
        ("reconcile", every.Reconcile, token => maintenance.ReconcileAsync(token)),
        ("purge_keys", every.PurgeKeys, token => maintenance.PurgeKeysAsync(token)),
        ("prune", every.Prune, token => maintenance.PruneAsync(dryRun: false, token)),
    ];

    private async Task RunAsync(string name, Func<CancellationToken, Task> runAsync, TimeSpan every, CancellationToken stopping)
    {
        var outage = new Outage(time);
        var wait = Jitter.Within(every);
        while (true)
        {
            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            wait = Jitter.Around(every);
            try
            {
                await runAsync(stopping).ConfigureAwait(false);
                if (outage.End() is > 0 and var failures)
                {
                    log.DutyIsBack(name, failures);
                }
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Sooner than its time, if that is long: a short outage must not cost an hour.
                var soon = outage.Fail();
                wait = soon < wait ? soon : wait;
                if (outage.Failures == 1)
                {
                    log.DutyFailed(name, failure);
                }
            }
        }
    }
}
