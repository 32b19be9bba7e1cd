using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkManager;

namespace Catalog.Guides;

#region generator
public sealed class UnpricedProducts(AppDbContext db) : IWorkGenerator
{
    public IAsyncEnumerable<GeneratedOrder> FindWorkAsync(CancellationToken cancellationToken) =>
        db.Products.AsNoTracking().Where(p => p.Description == null).Select(p => p.Name).AsAsyncEnumerable()
            .Select(name => new GeneratedOrder(new PriceList([name]), new ProposeOptions { UniqueKey = name, Priority = 10 }));
}
#endregion

#region housekeeping
public sealed partial class Housekeeping(IWorkMaintenance maintenance, TimeProvider time, ILogger<Housekeeping> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        (Func<CancellationToken, Task> Duty, int Minutes)[] duties =
        [
            (token => maintenance.ReclaimExpiredAsync(token), 1),
            (token => maintenance.ApproveDueAsync(token), 1),
            (token => maintenance.SettleDependenciesAsync(token), 1),
            (token => maintenance.GenerateAsync(cancellationToken: token), 15),
            (token => maintenance.DeadLetterDueAsync(token), 60),
            (token => maintenance.FindStaleAsync(token), 60),
            (token => maintenance.ReconcileAsync(token), 60),
            (token => maintenance.PurgeKeysAsync(token), 60),
        ];
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        for (var minute = 0; await timer.WaitForNextTickAsync(stoppingToken); minute++)
        {
            foreach (var (duty, minutes) in duties.Where(d => minute % d.Minutes == 0))
            {
                try
                {
                    await duty(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    DutyFailed(log, failure);
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A duty failed; the next round tries again.")]
    private static partial void DutyFailed(ILogger logger, Exception failure);
}
#endregion

internal static class Operators
{
    public static void Configure(IServiceCollection services)
    {
        #region add-generator
        services.AddWorkManager(options =>
        {
            options.Maintenance.DeadLetterAfter = TimeSpan.FromDays(7);
            options.Maintenance.StaleAfter = TimeSpan.FromHours(8);
        }).UseDbContext<AppDbContext>().AddGenerator<UnpricedProducts>();
        #endregion
    }

    public static async Task TellAsync(AppDbContext db, CancellationToken cancellationToken)
    {
        #region duties
        foreach (var duty in await db.Set<WorkDuty>().AsNoTracking().OrderBy(d => d.Name).ToListAsync(cancellationToken))
        {
            Console.WriteLine($"{duty.Name}: last done {duty.LastRunAt:u} {duty.ReadError()?.Message}");
        }
        #endregion
    }

    public static void Keep(IServiceCollection services)
    {
        #region prune
        services.AddWorkManager(options =>
        {
            options.Maintenance.PruneCompletedAfter = TimeSpan.FromDays(365);
            options.Maintenance.PruneRejectedAfter = TimeSpan.FromDays(90);
        }).UseDbContext<AppDbContext>();
        #endregion
    }

    public static async Task RevokeAsync(IWorkMaintenance maintenance, CancellationToken cancellationToken)
    {
        #region revoke
        LeaseSelection silent = new() { AgentId = "price-bot", SilentFor = TimeSpan.FromMinutes(5) };
        LeaseSelectionResult revoked = await maintenance.As(Actor.User("olga")).RevokeLeasesAsync(silent, "It hangs.", cancellationToken);
        Console.WriteLine($"{revoked.Leases.Count} items are back in the queue.");
        #endregion
    }
}
