using System.Diagnostics;

namespace WorkManager.Load.Measuring;

/// <summary>Callers that begin together and stop when a number of operations is done.</summary>
internal static class Crowd
{
    /// <summary>Whoever is free does the next one.</summary>
    public static Task<Round> RunAsync(ISession session, int callers, int operations)
    {
        var tickets = operations;
        return RunAsync(session, callers, operations / callers, () => () => Interlocked.Decrement(ref tickets) >= 0);
    }

    /// <summary>Each has as many to do as every other.</summary>
    public static Task<Round> RunInSharesAsync(ISession session, int callers, int share) => RunAsync(session, callers, share, () =>
    {
        var tickets = share;
        return () => --tickets >= 0;
    });

    private static async Task<Round> RunAsync(ISession session, int callers, int expected, Func<Func<bool>> goOn)
    {
        var opened = new List<ICaller>();
        for (var i = 0; i < callers; i++)
        {
            opened.Add(await session.OpenCallerAsync());
        }

        GC.Collect();
        var latencies = opened.ConvertAll(_ => new Latencies(expected));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // A thread for each: what blocks, as Hangfire and SQLite do, takes none from the others.
        var work = opened.Zip(latencies, (caller, times) => Task.Factory.StartNew(
            async () =>
            {
                var items = 0;
                var hasMore = goOn();
                gate.Task.Wait();
                while (hasMore())
                {
                    times.Begin();
                    items += await caller.WorkAsync(times);
                    times.End();
                }

                return items;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToList();

        var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        var begun = Stopwatch.GetTimestamp();
        gate.SetResult();
        var items = (await Task.WhenAll(work)).Sum();
        var elapsed = Stopwatch.GetElapsedTime(begun);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;

        foreach (var caller in opened)
        {
            await caller.DisposeAsync();
        }

        var steps = latencies.SelectMany(l => l.Milliseconds).GroupBy(l => l.Key, l => l.Value).Select(g => StepTime.Of(g.Key, g.SelectMany(v => v)));
        return new Round(items / elapsed.TotalSeconds, [.. steps], (double)allocated / items, Deadlocks.Take());
    }
}
