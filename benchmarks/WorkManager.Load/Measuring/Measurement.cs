namespace WorkManager.Load.Measuring;

/// <summary>What all rounds of a contender measured.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Variant">Which of its variants.</param>
/// <param name="System">Who was measured.</param>
/// <param name="ItemsPerSecond">Median of the rounds.</param>
/// <param name="Slowest">The slowest round.</param>
/// <param name="Fastest">The fastest round.</param>
/// <param name="AllocatedPerItem">Bytes, median of the rounds.</param>
/// <param name="Deadlocks">In all rounds.</param>
/// <param name="Steps">How long each step took, and what it sent.</param>
internal sealed record Measurement(
    string Scenario, string Variant, string System, double ItemsPerSecond, double Slowest, double Fastest, double? AllocatedPerItem, int Deadlocks,
    IReadOnlyList<MeasuredStep> Steps)
{
    public static Measurement Of(string scenario, string variant, string system, IReadOnlyList<Round> rounds, IReadOnlyList<StepCost> costs) => new(
        scenario, variant, system,
        Median(rounds.Select(r => r.ItemsPerSecond)),
        rounds.Min(r => r.ItemsPerSecond),
        rounds.Max(r => r.ItemsPerSecond),
        rounds[0].AllocatedPerItem is null ? null : Median(rounds.Select(r => r.AllocatedPerItem!.Value)),
        rounds.Sum(r => r.Deadlocks),
        [
            .. rounds.SelectMany(r => r.Steps).GroupBy(s => s.Step)
                .Select(step => MeasuredStep.Of(step.Key, [.. step], costs.FirstOrDefault(c => c.Step == step.Key))),
        ]);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>A step over all rounds.</summary>
/// <param name="Step">Its name.</param>
/// <param name="P50Milliseconds">Median of the rounds' medians.</param>
/// <param name="P99Milliseconds">Median of the rounds' 99th percentiles.</param>
/// <param name="StatementsPerItem">SQL statements, without those that begin and end a transaction.</param>
/// <param name="RoundTripsPerItem">How often it waits for an answer.</param>
internal sealed record MeasuredStep(string Step, double P50Milliseconds, double P99Milliseconds, double? StatementsPerItem, double? RoundTripsPerItem)
{
    public static MeasuredStep Of(string step, IReadOnlyList<StepTime> times, StepCost? cost) => new(
        step, Measurement.Median(times.Select(t => t.P50)), Measurement.Median(times.Select(t => t.P99)), cost?.Statements, cost?.RoundTrips);
}
