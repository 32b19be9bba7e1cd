using Microsoft.Extensions.DependencyInjection;

namespace WorkManager.RaceWorker;

/// <summary>Housekeeping, beside that of other processes.</summary>
internal static class Keeping
{
    /// <summary>Every duty has something to look for.</summary>
    public static void Configure(WorkManagerOptions options)
    {
        options.Maintenance.PruneCompletedAfter = TimeSpan.FromDays(1);
        options.Retry.Backoff = TimeSpan.Zero;
        options.Retry.Jitter = TimeSpan.Zero;
    }

    public static async Task<int> RunAsync(ServiceProvider application, int rounds)
    {
        await using var _ = application;
        var maintenance = application.GetRequiredService<IWorkMaintenance>();
        await Application.WaitForStartAsync();
        for (var round = 0; round < rounds; round++)
        {
            await TellAsync("reclaim", await maintenance.ReclaimExpiredAsync());
            await TellAsync("reconcile", (await maintenance.ReconcileAsync()).CaughtUp.Count);
            await TellAsync("approve_due", await maintenance.ApproveDueAsync());
            await TellAsync("dead_letter_due", await maintenance.DeadLetterDueAsync());
            await TellAsync("settle_dependencies", await maintenance.SettleDependenciesAsync());
            await TellAsync("purge_keys", await maintenance.PurgeKeysAsync());
            await TellAsync("prune", (await maintenance.PruneAsync()).Completed);
            await TellAsync("generate", (await maintenance.GenerateAsync()).Proposed);
        }

        return 0;
    }

    private static Task TellAsync(string duty, int count) => Console.Out.WriteLineAsync($"{duty} {count}");
}
