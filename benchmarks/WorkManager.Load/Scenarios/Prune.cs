using System.Diagnostics;
using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Scenarios;

/// <summary>Old orders are deleted while agents work: how much longer their calls take.</summary>
internal sealed class Prune(string provider) : IScenario
{
    private const string Alone = "alone";
    private const string Beside = "beside a prune";
    private const int Callers = 8;
    private const int ItemsPerOrder = 10;
    private const double Goal = 2;

    public string Name => $"prune-{provider}";

    public async Task RunAsync(LoadRun run)
    {
        await using var database = await run.CreateDatabaseAsync(provider);
        await using var host = new WorkManagerHost(database, options => options.Maintenance.PruneCompletedAfter = TimeSpan.FromDays(365));
        var (closed, items) = (run.Sizes.ClosedOrders, provider == "sqlite" ? run.Sizes.SqliteSingleItems : run.Sizes.SingleItems);
        var rates = new List<double>();
        var sides = new SideBySide(database, host);
        Task<Round> WorkAsync() => sides.WorkManagerAt(() => Task.CompletedTask, WorkManagerCallers.Single, Callers, items).RunAsync();

        async Task PrepareAsync()
        {
            await database.RefillAsync(closed, 1);
            await database.ExecuteAsync("close");
            await WorkManagerCallers.Propose(host, (items + Callers) / ItemsPerOrder + 1, ItemsPerOrder).WorkAsync(new NoSteps());
            await database.SettleAsync();
        }

        async Task<Round> WorkBesideAsync()
        {
            var begun = Stopwatch.GetTimestamp();
            var prune = Task.Run(() => host.Maintenance.PruneAsync());
            var round = await WorkAsync();
            if (prune.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("The prune was done before the work: there is nothing to compare.");
            }

            var deleted = (await prune).Completed;
            if (deleted != closed)
            {
                throw new InvalidOperationException($"{deleted} of {closed} orders were deleted.");
            }

            rates.Add(deleted / Stopwatch.GetElapsedTime(begun).TotalSeconds);
            return round;
        }

        var measured = await run.MeasureAsync(
            Name, $"{closed:N0} closed orders", [new Contender(Alone, PrepareAsync, WorkAsync), new Contender(Beside, PrepareAsync, WorkBesideAsync)]);
        foreach (var step in (string[])[Step.Checkout, Step.Submit])
        {
            var (before, after) = (P99(measured[Alone], step), P99(measured[Beside], step));
            run.Report.Reaches.Add(new Reach(
                Name, $"p99 of a {step} beside a prune", $"≤ {Goal} × {Alone}", $"{after:N1} ms to {before:N1} ms", after / before, after <= Goal * before));
        }

        run.Report.Reaches.Add(new Reach(Name, "orders deleted, the work beside it included", null, $"{Measurement.Median(rates):N0}/s", null, null));
    }

    private static double P99(Measurement measurement, string step) => measurement.Steps.First(s => s.Step == step).P99Milliseconds;
}
