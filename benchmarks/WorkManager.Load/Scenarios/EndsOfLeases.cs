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
        var items = provider == "sqlite" ? run.Sizes.SqliteSingleItems : run.Sizes.SingleItems;
        await MeasureAsync("one item per call", items, 1, WorkManagerCallers.Submit, WorkManagerCallers.Fail, WorkManagerCallers.Release);
        await MeasureAsync(
            $"{BatchSize} items per call", items * 4, BatchSize,
            (host, leases) => WorkManagerCallers.SubmitBatches(host, leases.Chunk(BatchSize), refused: 0),
            (host, leases) => WorkManagerCallers.FailBatches(host, leases.Chunk(BatchSize)),
            (host, leases) => WorkManagerCallers.ReleaseBatches(host, leases.Chunk(BatchSize)));

        async Task MeasureAsync(string variant, int count, int perCall, params Func<WorkManagerHost, IEnumerable<WorkLease>, ICaller>[] ends)
        {
            string[] names = [Step.Submit, Step.Fail, Step.Release];
            var measured = await run.MeasureAsync(Name, variant, [.. names.Zip(ends, (name, end) => Ending(name, count, perCall, end))]);
            run.Report.Reaches.Add(Reach.AtLeast(Share, Step.Fail, measured[Step.Fail], measured[Step.Submit]));
            run.Report.Reaches.Add(Reach.AtLeast(Share, Step.Release, measured[Step.Release], measured[Step.Submit]));
        }

        Contender Ending(string name, int count, int perCall, Func<WorkManagerHost, IEnumerable<WorkLease>, ICaller> end)
        {
            // Each caller has as many calls as every other, and items of its own orders: neighbours are of one order.
            var share = count / callers / BatchSize * BatchSize;
            var leases = new List<WorkLease>();
            async Task Prepare()
            {
                await database.RefillAsync(share * callers / ItemsPerOrder, ItemsPerOrder);
                leases = await WorkManagerCallers.LeaseAllAsync(host);
                await database.SettleAsync();
            }

            return new Contender(name, Prepare, async () =>
            {
                var shares = new Queue<WorkLease[]>(leases.Chunk(share));
                await using var session = new Session(() => Task.FromResult(end(host, shares.Dequeue())));
                return await Crowd.RunInSharesAsync(session, callers, share / perCall);
            })
            {
                CountAsync = async () =>
                {
                    await Prepare();
                    return await SideBySide.CountAsync(end(host, leases), database);
                },
            };
        }
    }
}
