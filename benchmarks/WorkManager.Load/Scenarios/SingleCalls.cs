using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>Many agents take work and hand in results, one item a call.</summary>
internal sealed class SingleCalls(string provider, int callers, double share) : IScenario
{
    public string Name => $"single-{provider}";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.CreateDatabaseAsync(provider);
        await using var host = new WorkManagerHost(database);
        var items = provider == "sqlite" ? run.Sizes.SqliteSingleItems : run.Sizes.SingleItems;
        var sides = new SideBySide(database, host);
        foreach (var itemsPerOrder in (int[])[1, 10])
        {
            // A little more than is taken: the last caller finds as much as the first.
            Task Prepare() => database.RefillAsync((items / itemsPerOrder) + callers, itemsPerOrder);
            List<Contender> contenders =
            [
                sides.LimitAt(Prepare, limit => limit.Single(), callers, items, limit => limit.CostOfSingle),
                sides.WorkManagerAt(Prepare, WorkManagerCallers.Single, callers, items),
            ];
            var measured = await run.MeasureAsync(Name, $"{itemsPerOrder} {(itemsPerOrder == 1 ? "item" : "items")} an order", contenders);
            run.Report.Reaches.Add(Reach.AtLeast(share, "checkout and submit", measured[Contender.WorkManager], measured[Contender.Limit]));
        }
    }
}
