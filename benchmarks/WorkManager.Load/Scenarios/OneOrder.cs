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
        Contender Into(string name, int orders)
        {
            var leases = new List<WorkLease>();
            return new Contender(
                name,
                async () =>
                {
                    await database.RefillAsync(orders, submits / orders);
                    leases = await WorkManagerCallers.LeaseAllAsync(host);
                    await database.SettleAsync();
                },
                async () =>
                {
                    // Neighbours are of one order: each caller gets orders of its own.
                    var share = submits / Callers;
                    var shares = new Queue<WorkLease[]>(leases.Chunk(share));
                    await using var session = new Session(() => Task.FromResult(WorkManagerCallers.Submit(host, shares.Dequeue())));
                    return await Crowd.RunInSharesAsync(session, Callers, share);
                });
        }

        var measured = await run.MeasureAsync(Name, $"{submits:N0} submits", [Into(Many, submits / 10), Into(One, 1)]);
        run.Report.Reaches.Add(Reach.AtLeast(Share, "submits into one order", measured[One], measured[Many]));
    }
}
