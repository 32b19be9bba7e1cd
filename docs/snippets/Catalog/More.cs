using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkManager;

namespace Catalog;

#region design-time-factory
public sealed class AppDbContextFactory : IDesignTimeDbContextFactory<AppDbContext>
{
    public AppDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AppDbContext>().UseSqlite("Data Source=catalog.db").UseWorkManager().Options);
}
#endregion

#region after-commit
public sealed record ProductsDescribed(Guid OrderId);

public sealed class TellTheShop : IAfterCommitHandler<ProductsDescribed>
{
    public Task HandleAsync(ProductsDescribed message, CancellationToken cancellationToken) => Task.CompletedTask; // mail, cache, queue
}
#endregion

#region maintenance
public sealed partial class LeaseSweeper(IWorkMaintenance maintenance, TimeProvider time, ILogger<LeaseSweeper> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await maintenance.ReclaimExpiredAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                SweepFailed(log, failure);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Expired leases were not taken back; the next round tries again.")]
    private static partial void SweepFailed(ILogger logger, Exception failure);
}
#endregion

internal static class More
{
    public static void RegisterOnPostgreSql(IHostApplicationBuilder builder)
    {
        #region registration-postgresql
        builder.Services.AddDbContext<AppDbContext>(o => o.UseNpgsql("Host=localhost;Database=catalog;Username=catalog;Password=catalog"));
        #endregion
    }

    public static void SetOptions(IServiceCollection services)
    {
        #region options
        services.AddWorkManager(options =>
        {
            options.Lease.Ttl = TimeSpan.FromMinutes(5);
            options.Lease.HeartbeatEvery = TimeSpan.FromMinutes(1);
            options.Retry.DefaultMaxAttempts = 5;
        });
        #endregion
    }

    public static async Task ProposeTogetherAsync(IWorkOrderManager work, AppDbContext db)
    {
        #region joined-transaction
        await using var transaction = await db.Database.BeginTransactionAsync();
        var chair = new Product { Name = "Chair" };
        db.Products.Add(chair);
        await db.SaveChangesAsync();
        await work.ProposeAsync(new DescriptionRequest([new ProductToDescribe(chair.Id, chair.Name)]));
        await transaction.CommitAsync(); // the product and its order, or neither
        #endregion
    }

    public static async Task<bool> BeatAsync(IWorkOrderManager agent, WorkLease lease, CancellationToken cancellationToken)
    {
        #region heartbeat
        try
        {
            DateTimeOffset until = await agent.HeartbeatAsync(lease, cancellationToken);
            return until > lease.ExpiresAt;
        }
        catch (LeaseLostException lost)
        {
            Console.WriteLine($"Stop: {lost.Code}, {lost.Reason}"); // somebody else may be at it already
            return false;
        }
        #endregion
    }

    public static async Task<List<WorkOrder>> ListWaitingForReviewAsync(AppDbContext db)
    {
        #region query
        List<WorkOrder> waiting = await db.Set<WorkOrder>().AsNoTracking()
            .InState(OrderState.Submitted)
            .Include(o => o.Items)
            .OrderByDescending(o => o.Priority)
            .ToListAsync();
        #endregion
        return waiting;
    }
}
