using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>Orders of one item, each from its proposal to the row that it leaves in the host's data.</summary>
internal sealed class Life(string provider, double? share) : IScenario
{
    private const int Callers = 8;

    public string Name => $"life-{provider}";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.CreateDatabaseAsync(provider);
        await using var host = new WorkManagerHost(database);
        var sides = new SideBySide(database, host);
        async Task Prepare()
        {
            await database.ClearAsync();
            await database.SettleAsync();
        }

        var measured = await run.MeasureAsync(Name, "1 item per order",
        [
            sides.LimitAt(Prepare, limit => limit.Life(), Callers, run.Sizes.Lives, limit => limit.CostOfLife),
            sides.WorkManagerAt(Prepare, WorkManagerCallers.Life, Callers, run.Sizes.Lives),
        ]);
        const string what = "propose, checkout, submit, approve";
        var (library, limit) = (measured[Contender.WorkManager], measured[Contender.Limit]);
        run.Report.Reaches.Add(share is { } least
            ? Reach.AtLeast(least, what, library, limit)
            : new Reach(Name, what, null, $"{library.ItemsPerSecond:N0}/s to {limit.ItemsPerSecond:N0}/s", library.ItemsPerSecond / limit.ItemsPerSecond, null));
    }
}
