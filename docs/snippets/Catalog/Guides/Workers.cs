using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkManager;

namespace Catalog.Guides;

public interface IPriceService
{
    Task<decimal?> FindAsync(string product, CancellationToken cancellationToken);
}

#region handler
public sealed class FindPrice(IPriceService prices) : IWorkHandler<PriceToCheck, PriceFound>
{
    public async Task<WorkResult<PriceFound>> HandleAsync(WorkContext<PriceToCheck> work, CancellationToken cancellationToken)
    {
        if (await prices.FindAsync(work.Input.Product, cancellationToken) is not { } price)
        {
            return new WorkFailure("no_price", "Nobody sells it.") { Retryable = false };
        }

        return new PriceFound(price);
    }
}
#endregion

internal static class WorkersOfTheGuide
{
    public static void Add(HostApplicationBuilder builder, string connection)
    {
        #region worker
        builder.Services.AddDbContext<AppDbContext>(o => o.UseSqlite(connection));
        builder.Services.AddWorkManager()
            .UseDbContext<AppDbContext>()
            .AddWorker<CheckPrices, FindPrice>(worker => worker.Concurrency = 4)
            .AddMaintenance();
        #endregion
    }

    public static void AddNamed(HostApplicationBuilder builder, IWorkManagerBuilder work)
    {
        #region named-workers
        work.AddWorker<CheckPrices, FindPrice>(builder.Configuration.GetSection("Workers:Prices"));
        work.AddWorker<CheckPrices, FindPrice>("patient", worker => worker.Timeout = TimeSpan.FromHours(2));
        #endregion
    }

    public static WorkResult<PriceFound> Later(WorkContext<PriceToCheck> work)
    {
        #region later
        if (work.Attempt < 3)
        {
            return new WorkFailure("rate_limited", "The service wants fewer calls.") { RetryAfter = TimeSpan.FromMinutes(5) };
        }

        return new WorkSnooze(TimeSpan.FromHours(1), "The price list of today is not there yet.");
        #endregion
    }

    public static void Deep(string answer)
    {
        #region deep
        throw new WorkFailedException(new WorkFailure("bad_answer", $"The service said: {answer}"));
        #endregion
    }

    public static async Task<decimal> TestAsync(IPriceService prices)
    {
        #region test-a-handler
        var test = new WorkHandlerTest { Attempt = 2 };
        var result = await test.RunAsync(new FindPrice(prices), new PriceToCheck("Lamp"));
        return result.Result!.Amount; // or look at result.Failure, result.Snooze
        #endregion
    }

    public static void Operate(HostApplicationBuilder builder, IWorkManagerBuilder work)
    {
        #region operate
        builder.Services.AddHealthChecks().AddWorkManager(health => health.OldestItem = TimeSpan.FromMinutes(30));
        work.AddMaintenance(every => every.Generate = TimeSpan.FromMinutes(15)).AddQueueMetrics();
        #endregion
    }
}
