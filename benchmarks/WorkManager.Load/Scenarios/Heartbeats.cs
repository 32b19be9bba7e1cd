using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>An agent with very many leases extends them, a batch per call.</summary>
internal sealed class Heartbeats : IScenario
{
    private const int BatchSize = 500;

    public string Name => "heartbeat";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.Server.CreateDatabaseAsync("main");
        await using var host = new WorkManagerHost(database);
        var leases = new List<WorkLease>();
        async Task Prepare()
        {
            await database.RefillAsync(run.Sizes.Leases / 10, 10);
            leases = await WorkManagerCallers.LeaseAllAsync(host);
            // The first beat also says that work has begun. Those after it are what is measured.
            await database.ExecuteAsync("begin-work");
            await database.SettleAsync();
        }

        var sides = new SideBySide(database, host);
        var measured = await run.MeasureAsync(Name, $"{BatchSize} leases per call",
            [sides.WorkManagerAt(Prepare, h => WorkManagerCallers.Heartbeat(h, leases.Chunk(BatchSize)), 1, run.Sizes.Leases / BatchSize)]);
        var statements = measured[Contender.WorkManager].Steps.First(s => s.Step == Step.Heartbeat).StatementsPerItem!.Value * BatchSize;
        run.Report.Reaches.Add(new Reach(
            Name, $"statements for {BatchSize} leases", "= 1", $"{statements:N0}", statements, statements <= 1));
    }
}
