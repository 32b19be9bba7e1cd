using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>Many agents take work and hand in results, one item per call.</summary>
internal sealed class SingleCalls(string provider, int callers, double share) : IScenario
{
    public string Name => $"single-{provider}";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.CreateDatabaseAsync(provider);
        await using var host = new WorkManagerHost(database);
        await MeasureAsync(run, database, host, itemsPerOrder: 1);
        await MeasureAsync(run, database, host, itemsPerOrder: 10);
    }

    private async Task MeasureAsync(LoadRun run, LoadDatabase database, WorkManagerHost host, int itemsPerOrder)
    {
        var items = provider == "sqlite" ? run.Sizes.SqliteSingleItems : run.Sizes.SingleItems;
        var sides = new SideBySide(database, host);
        // A little more than is taken: the last caller finds as much as the first.
        Task Prepare() => database.RefillAsync((items / itemsPerOrder) + callers, itemsPerOrder);
        List<Contender> contenders =
        [
            sides.LimitAt(Prepare, limit => limit.Single(), callers, items, limit => limit.CostOfSingle),
            sides.WorkManagerAt(Prepare, WorkManagerCallers.Single, callers, items),
        ];
        if (database is PostgreSqlDatabase postgreSql)
        {
            contenders.Add(HangfireOn(postgreSql, run.Sizes.HangfireJobs));
            contenders.Add(new(Contender.PgBench, Prepare, () => PgBench.RunAsync(postgreSql, "checkout", "submit", callers, items, itemsPerOperation: 1)));
        }

        var measured = await run.MeasureAsync(Name, $"{itemsPerOrder} {(itemsPerOrder == 1 ? "item" : "items")} per order", contenders);
        run.Report.Reaches.Add(Reach.AtLeast(share, "checkout and submit", measured[Contender.WorkManager], measured[Contender.Limit]));
        if (database is PostgreSqlDatabase)
        {
            run.Report.Reaches.Add(Reach.AtLeast(8, "checkout and submit", measured[Contender.WorkManager], measured[Contender.Hangfire]));
            run.Report.Reaches.Add(Reach.AtLeast(0.9, "plain SQL", measured[Contender.Limit], measured[Contender.PgBench]));
        }
    }

    private Contender HangfireOn(PostgreSqlDatabase database, int jobs)
    {
        var hangfire = new HangfireSystem(database);
        return new Contender(Contender.Hangfire, () => hangfire.RefillAsync(jobs + callers), async () =>
        {
            await using var session = hangfire.Open();
            return await Crowd.RunAsync(session, callers, jobs);
        });
    }
}
