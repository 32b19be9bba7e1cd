using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>Many agents submit into one large order, whose row all of them lock, and into many small ones.</summary>
internal sealed class OneOrder : IScenario
{
    private const string One = "one order";
    private const string Many = "many orders";
    private const int Callers = 8;
    private const double Share = 0.5;

    public string Name => "one-order";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.Server.CreateDatabaseAsync("main");
        await using var host = new WorkManagerHost(database);
        var submits = run.Sizes.SubmitsIntoOneOrder;
        var sides = new SideBySide(database, host);
        Contender Into(string name, int orders) =>
            sides.OnLeases(name, orders, submits / orders, Callers, perCall: 1, leases => WorkManagerCallers.Submit(host, leases));

        var measured = await run.MeasureAsync(Name, $"{submits:N0} submits", [Into(Many, submits / 10), Into(One, 1)]);
        run.Report.Reaches.Add(Reach.AtLeast(Share, "submits into one order", measured[One], measured[Many]));
    }
}
