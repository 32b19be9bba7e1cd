using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>What a claim takes in a new database, and in one with years of history.</summary>
internal sealed class ClaimAtScale : IScenario
{
    private const string Small = "new database";
    private const string Large = "large database";
    private const int ItemsPerOrder = 10;
    private const int ItemsOfSmall = 1_000;
    private const int ClaimsPerRound = 100;
    private const double Goal = 1.5;

    public string Name => "claim-at-scale";

    public async Task RunAsync(LoadRun run)
    {
        await using var small = await run.Server.CreateDatabaseAsync("small");
        await using var large = await run.Server.CreateDatabaseAsync("large");
        await using var smallHost = new WorkManagerHost(small);
        await using var largeHost = new WorkManagerHost(large);
        await FillAsync(run, large);

        // The large one is filled once: what a round takes from it is nothing to it.
        Task PrepareSmall() => small.RefillAsync(ItemsOfSmall / ItemsPerOrder, ItemsPerOrder);
        var measured = await run.MeasureAsync(Name, "1 caller",
        [
            Claims(small, smallHost, PrepareSmall, Small),
            Claims(large, largeHost, large.CheckpointAsync, Large),
        ]);
        var (before, after) = (P50(measured[Small]), P50(measured[Large]));
        run.Report.Reaches.Add(new Reach(
            Name, $"p50 of a claim with {run.Sizes.FinishedItems:N0} finished items", $"≤ {Goal} × {Small}",
            $"{after:N2} ms to {before:N2} ms", after / before, after <= Goal * before));
    }

    // The rows are not the same, and are not to be.
    private static Contender Claims(PostgreSqlDatabase database, WorkManagerHost host, Func<Task> prepare, string name) =>
        new SideBySide(database, host).WorkManagerAt(prepare, WorkManagerCallers.Claim, 1, ClaimsPerRound, name) with { ReadRowsAsync = null };

    private async Task FillAsync(LoadRun run, PostgreSqlDatabase database)
    {
        var (waiting, finished) = (run.Sizes.WaitingItems, run.Sizes.FinishedItems);
        await database.InsertAsync("fill", waiting / ItemsPerOrder, Progress("claimable", waiting), ("items", ItemsPerOrder));
        await database.InsertAsync("delayed", waiting / ItemsPerOrder, Progress("delayed", waiting));
        await database.InsertAsync("history", finished / ItemsPerOrder, Progress("finished", finished));
        run.Progress($"{Name}: settling the large database");
        await database.SettleAsync();

        Action<int> Progress(string what, int items) =>
            orders => run.Progress($"{Name}: {orders * ItemsPerOrder:N0} of {items:N0} {what} items in the large database");
    }

    private static double P50(Measurement measurement) => measurement.Steps.First(s => s.Step == Step.Checkout).P50Milliseconds;
}
