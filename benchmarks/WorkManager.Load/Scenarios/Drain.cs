using System.Diagnostics;
using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>One process works off a long queue. Its memory is looked at again and again.</summary>
internal sealed class Drain : IScenario
{
    private const int BatchSize = 100;
    private const int ItemsPerOrder = 10;
    private const int Samples = 20;
    private const int FirstThatCounts = Samples / 5;
    private const double Goal = 1.1;

    public string Name => "drain";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.Server.CreateDatabaseAsync("main");
        await using var host = new WorkManagerHost(database);
        var items = run.Sizes.DrainedItems;
        await database.RefillAsync(
            items / ItemsPerOrder, ItemsPerOrder, orders => run.Progress($"{Name}: {orders * ItemsPerOrder:N0} of {items:N0} items are in the queue"));

        var heaps = new List<double>();
        var workingSets = new List<double>();
        var caller = WorkManagerCallers.Batch(host, BatchSize);
        var steps = new NoSteps();
        var begun = Stopwatch.GetTimestamp();
        for (var done = 0; done < items;)
        {
            done += await caller.WorkAsync(steps);
            if (done * (long)Samples / items > heaps.Count)
            {
                run.Progress($"{Name}: {done:N0} of {items:N0} items are done");
                heaps.Add(Megabytes(GC.GetTotalMemory(forceFullCollection: true)));
                using var process = Process.GetCurrentProcess();
                workingSets.Add(Megabytes(process.WorkingSet64));
            }
        }

        var rate = items / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        run.Report.Reaches.Add(Flat("managed heap", heaps));
        run.Report.Reaches.Add(Flat("working set", workingSets));
        run.Report.Reaches.Add(new Reach(Name, $"{items:N0} items by one caller, {BatchSize} per call", null, $"{rate:N0}/s", null, null));
        run.Report.Memory = new Memory(items, heaps, workingSets);
    }

    private Reach Flat(string what, List<double> samples)
    {
        var (from, to) = (samples[FirstThatCounts - 1], samples[^1]);
        return new Reach(Name, $"{what} from 20 % to 100 %", $"≤ {Goal} ×", $"{from:N1} to {to:N1} MB", to / from, to <= Goal * from);
    }

    private static double Megabytes(long bytes) => bytes / (double)(1 << 20);
}
