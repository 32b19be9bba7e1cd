using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>Agents end their leases with a result, with a failure, and by giving the item back: one item per call, and a batch.</summary>
internal sealed class EndsOfLeases(string provider, int callers) : IScenario
{
    private const int ItemsPerOrder = 10;
    private const int BatchSize = 50;
    private const double Share = 0.9;

    public string Name => $"ends-{provider}";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.CreateDatabaseAsync(provider);
        await using var host = new WorkManagerHost(database);
        var sides = new SideBySide(database, host);
        var items = provider == "sqlite" ? run.Sizes.SqliteSingleItems : run.Sizes.SingleItems;
        await MeasureAsync("one item per call", items, 1, WorkManagerCallers.Submit, WorkManagerCallers.Fail, WorkManagerCallers.Release);
        await MeasureAsync(
            $"{BatchSize} items per call", items * 4, BatchSize,
            (host, leases) => WorkManagerCallers.SubmitBatches(host, leases.Chunk(BatchSize), refused: 0),
            (host, leases) => WorkManagerCallers.FailBatches(host, leases.Chunk(BatchSize)),
            (host, leases) => WorkManagerCallers.ReleaseBatches(host, leases.Chunk(BatchSize)));

        async Task MeasureAsync(string variant, int count, int perCall, params Func<WorkManagerHost, WorkLease[], ICaller>[] ends)
        {
            string[] names = [Step.Submit, Step.Fail, Step.Release];
            var measured = await run.MeasureAsync(Name, variant, [.. names.Zip(ends, (name, end) => Ending(name, count, perCall, end))]);
            run.Report.Reaches.Add(Reach.AtLeast(Share, Step.Fail, measured[Step.Fail], measured[Step.Submit]));
            run.Report.Reaches.Add(Reach.AtLeast(Share, Step.Release, measured[Step.Release], measured[Step.Submit]));
        }

        Contender Ending(string name, int count, int perCall, Func<WorkManagerHost, WorkLease[], ICaller> end) => sides.OnLeases(
            name, count / callers / BatchSize * BatchSize * callers / ItemsPerOrder, ItemsPerOrder, callers, perCall, leases => end(host, leases), counts: true);
    }
}
