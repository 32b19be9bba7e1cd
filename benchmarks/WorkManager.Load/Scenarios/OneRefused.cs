using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>An agent submits as many results per call as a call may have: all of them good, and all but one.</summary>
internal sealed class OneRefused(string provider) : IScenario
{
    private const string AllGood = "all good";
    private const string OneOfThem = "one refused";
    private const int BatchSize = 1000;
    private const int ItemsPerOrder = 10;
    // At most 1.3 times as long.
    private const double Share = 0.77;

    public string Name => $"one-refused-{provider}";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.CreateDatabaseAsync(provider);
        await using var host = new WorkManagerHost(database);
        var calls = run.Sizes.LargestBatches;
        var sides = new SideBySide(database, host);
        Contender Submitting(string name, int refused) => sides.OnLeases(
            name, calls * BatchSize / ItemsPerOrder, ItemsPerOrder, callers: 1, BatchSize,
            leases => WorkManagerCallers.SubmitBatches(host, leases.Chunk(BatchSize), refused));

        var measured = await run.MeasureAsync(Name, $"{BatchSize} results per call", [Submitting(AllGood, 0), Submitting(OneOfThem, 1)]);
        run.Report.Reaches.Add(Reach.AtLeast(Share, "submit with one refused result", measured[OneOfThem], measured[AllGood]));
    }
}
