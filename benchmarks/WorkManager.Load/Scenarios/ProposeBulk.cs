using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>A requester proposes many orders in one call.</summary>
internal sealed class ProposeBulk(string provider, double share) : IScenario
{
    private const int ItemsPerOrder = 10;

    public string Name => $"propose-bulk-{provider}";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.CreateDatabaseAsync(provider);
        await using var host = new WorkManagerHost(database);
        var sides = new SideBySide(database, host);
        var orders = run.Sizes.Proposals;
        async Task Prepare()
        {
            await database.ClearAsync();
            await database.SettleAsync();
        }

        var measured = await run.MeasureAsync(Name, $"{orders:N0} orders of {ItemsPerOrder} items",
        [
            sides.LimitAt(Prepare, limit => limit.Propose(orders, ItemsPerOrder), 1, 1, limit => limit.CostOfPropose(orders, ItemsPerOrder)),
            sides.WorkManagerAt(Prepare, h => WorkManagerCallers.Propose(h, orders, ItemsPerOrder), 1, 1),
        ]);
        run.Report.Reaches.Add(Reach.AtLeast(share, "items proposed", measured[Contender.WorkManager], measured[Contender.Limit]));
    }
}
