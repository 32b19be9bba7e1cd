using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>Orders of one item, each from its proposal to the row that it leaves in the host's data.</summary>
internal sealed class Life(string provider) : IScenario
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

        var measured = await run.MeasureAsync(Name, "1 item per order", [sides.WorkManagerAt(Prepare, WorkManagerCallers.Life, Callers, run.Sizes.Lives)]);
        var rate = measured[Contender.WorkManager].ItemsPerSecond;
        run.Report.Reaches.Add(new Reach(Name, "propose, checkout, submit, approve", null, $"{rate:N0}/s", null, null));
    }
}
