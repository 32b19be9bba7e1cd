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
}
