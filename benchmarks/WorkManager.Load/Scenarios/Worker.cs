using System.Diagnostics;
using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>
/// A worker whose handler returns at once: beside agents that call the library themselves, and beside Hangfire's server. How soon a result is stored, what an
/// idle worker sends, and what its memory does.
/// </summary>
internal sealed class Worker : IScenario
{
    private const int BatchSize = 50;
    private const int ItemsPerOrder = 10;
    private const int Samples = 20;
    private const string Workers = "worker";
    private const string Singles = "single calls";
    private const string HangfireServers = "hangfire server";

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    public string Name => "worker";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.Server.CreateDatabaseAsync("main");
        await MeasureRateAsync(run, database);
        await MeasureLatencyAsync(run, database);
        await MeasureIdleAsync(run, database);
        await MeasureMemoryAsync(run, database);
    }

    private async Task MeasureRateAsync(LoadRun run, PostgreSqlDatabase database)
    {
        const int batchCallers = 4, singleCallers = 16, hangfireWorkers = 16;
        await using var host = new WorkManagerHost(database);
        var sides = new SideBySide(database, host);
        var hangfire = new HangfireServer(database, hangfireWorkers);
        var items = run.Sizes.BatchItems;
        Task Prepare() => database.RefillAsync((items + (batchCallers * BatchSize)) / ItemsPerOrder, ItemsPerOrder);
        Task PrepareSingles() => database.RefillAsync((run.Sizes.SingleItems / ItemsPerOrder) + singleCallers, ItemsPerOrder);
        var measured = await run.MeasureAsync(
            Name, "10 items per order",
            [
                sides.WorkManagerAt(Prepare, h => WorkManagerCallers.Batch(h, BatchSize), batchCallers, items / BatchSize),
                sides.WorkManagerAt(PrepareSingles, WorkManagerCallers.Single, singleCallers, run.Sizes.SingleItems, Singles) with { ReadRowsAsync = null },
                new(Workers, Prepare, () => RunAsync(database, items)),
                new(HangfireServers, () => hangfire.RefillAsync(run.Sizes.HangfireJobs), () => TimeAsync(run.Sizes.HangfireJobs, hangfire.RunAsync)),
            ]);
        run.Report.Reaches.Add(Reach.AtLeast(0.9, $"worker, beside calls of {BatchSize}", measured[Workers], measured[Contender.WorkManager]));
        run.Report.Reaches.Add(Reach.AtLeast(5, "worker, beside single calls", measured[Workers], measured[Singles]));
        run.Report.Reaches.Add(Reach.AtLeast(8, $"worker, beside {hangfireWorkers} workers", measured[Workers], measured[HangfireServers]));
    }

    /// <summary>Orders of one item are proposed in the worker's own process, at half the rate that it reaches with them.</summary>
    private async Task MeasureLatencyAsync(LoadRun run, PostgreSqlDatabase database)
    {
        // Tables that hold finished work, as they do wherever the library has been in use for some minutes. Statements that were prepared on empty tables read
        // them from end to end until the server looks at its statistics again.
        var finished = run.Sizes.BatchItems;
        await database.RefillAsync(finished / ItemsPerOrder, ItemsPerOrder);
        await using var worker = new WorkerHost(database, Configure);
        await worker.StartAsync();
        await worker.WaitForAsync(finished);
        await database.SettleAsync();
        var requester = worker.As(Actor.User(Documents.Requester));
        run.Progress($"{Name}: how many orders of one item a second");
        await ProposeAsync(requester, worker, run.Sizes.Lives / 2, perSecond: null);
        var begun = Stopwatch.GetTimestamp();
        await ProposeAsync(requester, worker, run.Sizes.Lives, perSecond: null);
        var full = run.Sizes.Lives / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        run.Progress($"{Name}: how soon a result is stored at half of {full:N0} orders a second");
        var p99 = StepTime.Of("stored", await ProposeAsync(requester, worker, run.Sizes.Lives, full / 2)).P99;
        run.Report.Reaches.Add(new Reach(Name, $"from propose to stored result at {full / 2:N0} orders/s, p99", "< 100 ms", $"{p99:N1} ms", p99, p99 < 100));
    }

    /// <returns>How long each took from its proposal to its stored result, in milliseconds. Results are stored in the order of the proposals, nearly.</returns>
    private static async Task<List<double>> ProposeAsync(IWorkOrderManager requester, WorkerHost worker, int orders, double? perSecond)
    {
        var before = worker.Stored;
        var proposed = new long[orders];
        var took = new List<double>(orders);
        var watching = Task.Run(async () =>
        {
            while (took.Count < orders)
            {
                for (var stored = worker.Stored - before; took.Count < stored;)
                {
                    took.Add(Stopwatch.GetElapsedTime(Volatile.Read(ref proposed[took.Count])).TotalMilliseconds);
                }

                await Task.Delay(1);
            }
        });
        var begun = Stopwatch.GetTimestamp();
        const int proposers = 4;
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, proposers).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < orders; i = Interlocked.Increment(ref next))
            {
                if (perSecond is { } pace && TimeSpan.FromSeconds(i / pace) - Stopwatch.GetElapsedTime(begun) is var early && early > TimeSpan.Zero)
                {
                    await Task.Delay(early);
                }

                Volatile.Write(ref proposed[i], Stopwatch.GetTimestamp());
                await requester.ProposeAsync(Documents.OrderValue(1));
            }
        })));
        await watching;
        return took;
    }

    private async Task MeasureIdleAsync(LoadRun run, PostgreSqlDatabase database)
    {
        await database.ClearAsync();
        await using var worker = new WorkerHost(database, Configure);
        await worker.StartAsync();
        run.Progress($"{Name}: what it sends when there is nothing to do");
        await Task.Delay(TimeSpan.FromSeconds(10));
        using var counter = await StatementCounter.StartAsync();
        await Task.Delay(IdleTime);
        counter.Mark("idle");
        var statements = counter.PerItem((int)IdleTime.TotalSeconds, inProcess: false)[0].Statements;
        run.Report.Reaches.Add(new Reach(Name, "idle, statements a second", "≤ 1", $"{statements:N2}", statements, statements <= 1));
    }

    private async Task MeasureMemoryAsync(LoadRun run, PostgreSqlDatabase database)
    {
        const double goal = 1.1;
        var items = run.Sizes.DrainedItems;
        await database.RefillAsync(items / ItemsPerOrder, ItemsPerOrder);
        await using var worker = new WorkerHost(database, Configure);
        await worker.StartAsync();
        var heaps = new List<double>();
        for (var part = 1; part <= Samples; part++)
        {
            await worker.WaitForAsync((long)items * part / Samples);
            run.Progress($"{Name}: {worker.Stored:N0} of {items:N0} items are done");
            heaps.Add(GC.GetTotalMemory(forceFullCollection: true) / (double)(1 << 20));
        }

        var (from, to) = (heaps[(Samples / 5) - 1], heaps[^1]);
        run.Report.Reaches.Add(new Reach(
            Name, $"managed heap over {items:N0} items, from 20 % to 100 %", $"≤ {goal} ×", $"{from:N1} to {to:N1} MB", to / from, to <= goal * from));
    }

    private static async Task<Round> RunAsync(PostgreSqlDatabase database, int items)
    {
        await using var worker = new WorkerHost(database, Configure);
        await worker.StartAsync();
        // The callers that it is compared with are warm, too.
        await worker.WaitForAsync(items / 10);
        var before = (int)worker.Stored;
        return await TimeAsync(items - before, _ => worker.WaitForAsync(items));
    }

    private static async Task<Round> TimeAsync(int items, Func<int, Task> runAsync)
    {
        var begun = Stopwatch.GetTimestamp();
        await runAsync(items);
        return new Round(items / Stopwatch.GetElapsedTime(begun).TotalSeconds, [], null, 0);
    }

    private static void Configure(WorkerOptions worker)
    {
        worker.Concurrency = 200;
        worker.Prefetch = 800;
    }
}
