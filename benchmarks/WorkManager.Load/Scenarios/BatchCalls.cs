using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>Agents take work and hand in results, many items per call.</summary>
internal sealed class BatchCalls(string provider, int callers, int size, double share) : IScenario
{
    private const int ItemsPerOrder = 10;

    public string Name => $"batch-{provider}";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.CreateDatabaseAsync(provider);
        await using var host = new WorkManagerHost(database);
        var sides = new SideBySide(database, host);
        var items = provider == "sqlite" ? run.Sizes.SqliteBatchItems : run.Sizes.BatchItems;
        var batches = items / size;
        // A little more than is taken: the last batch is as full as the first.
        Task Prepare() => database.RefillAsync((items + (callers * size)) / ItemsPerOrder, ItemsPerOrder);
        List<Contender> contenders =
        [
            sides.LimitAt(Prepare, limit => limit.Batch(size), callers, batches, limit => limit.CostOfBatch(size)),
            sides.WorkManagerAt(Prepare, h => WorkManagerCallers.Batch(h, size), callers, batches),
        ];
        if (database is PostgreSqlDatabase postgreSql)
        {
            contenders.Add(new(Contender.PgBench, Prepare, () => PgBench.RunAsync(postgreSql, "checkout-batch", "submit-batch", callers, batches, size)));
        }

        var measured = await run.MeasureAsync(Name, $"{size} items per call", contenders);
        run.Report.Reaches.Add(Reach.AtLeast(share, "checkout and submit", measured[Contender.WorkManager], measured[Contender.Limit]));
        if (measured.TryGetValue(Contender.PgBench, out var pgBench))
        {
            run.Report.Reaches.Add(Reach.AtLeast(0.9, "plain SQL", measured[Contender.Limit], pgBench));
        }
    }
}
