using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Catalog.Guides;

internal static class Failures
{
    public static async Task WorkAsync(IWorkOrderManager agent, WorkLease lease, HttpClient prices, CancellationToken cancellationToken)
    {
        #region failures
        foreach (WorkFailure earlier in lease.EarlierFailures)
        {
            Console.WriteLine($"Before: {earlier.Code}, {earlier.Message}");
        }

        try
        {
            string text = await prices.GetStringAsync($"?name={lease.Input<PriceToCheck>().Product}", cancellationToken);
            await agent.SubmitAsync(lease, new PriceFound(decimal.Parse(text)), cancellationToken: cancellationToken);
        }
        catch (HttpRequestException failure) when (failure.StatusCode == System.Net.HttpStatusCode.TooManyRequests)
        {
            // Nothing is wrong with the item: later, at no cost.
            await agent.ReleaseAsync(lease, new ReleaseOptions { NotBefore = DateTimeOffset.UtcNow.AddHours(1), Reason = "quota" }, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            // Costs an attempt; the next one comes after the backoff.
            await agent.FailAsync(lease, new WorkFailure("prices_unavailable", failure.Message), cancellationToken);
        }
        catch (FormatException failure)
        {
            // No other attempt would do better.
            await agent.FailAsync(lease, new WorkFailure("no_price", failure.Message) { Retryable = false }, cancellationToken);
        }
        #endregion
    }

    public static async Task DrainAsync(IWorkOrderManager agent, IReadOnlyList<LeaseToken> held)
    {
        #region draining
        await agent.ReleaseManyAsync(held, new ReleaseOptions { IsDraining = true, Reason = "deployment" }, CancellationToken.None);
        #endregion
    }

    public static async Task OperateAsync(IWorkMaintenance maintenance, CancellationToken cancellationToken)
    {
        #region operators
        IWorkMaintenance olga = maintenance.As(Actor.User("olga"));
        WorkSelection stale = new() { Type = "shop.prices", State = OrderState.Failed, OlderThan = TimeSpan.FromHours(1) };
        SelectionResult preview = await olga.RetryAsync(stale with { DryRun = true }, cancellationToken: cancellationToken);
        Console.WriteLine($"{preview.OrderIds.Count} orders would be tried again{(preview.HasMore ? ", and more" : "")}.");
        SelectionResult result = await olga.RetryAsync(stale, cancellationToken: cancellationToken);
        foreach ((Guid order, WorkManagerException refusal) in result.Refused)
        {
            Console.WriteLine($"{order}: {refusal.Message}");
        }
        #endregion
    }

    public static async Task PauseAsync(IWorkMaintenance olga, DbContext db, CancellationToken cancellationToken)
    {
        #region pause
        await olga.PauseTypeAsync("shop.prices", "The price service is down.", cancellationToken);
        foreach (WorkPausedType paused in await db.Set<WorkPausedType>().AsNoTracking().ToListAsync(cancellationToken))
        {
            Console.WriteLine($"{paused.OrderType} has been paused since {paused.PausedAt:u}: {paused.Reason}");
        }

        await olga.ResumeTypeAsync("shop.prices", cancellationToken);
        #endregion
    }

    public static async Task<Guid> ProposeOnceAsync(IWorkOrderManager work, CancellationToken cancellationToken)
    {
        #region unique-key
        WorkOrder order = await work.ProposeAsync(
            new PriceList(["lamp"]),
            new ProposeOptions { UniqueKey = "lamp", IfOpen = OpenOrder.RaisePriority, Priority = 80, AvailableAt = DateTimeOffset.UtcNow.AddMinutes(10) },
            cancellationToken);
        #endregion
        return order.Id;
    }
}
