using WorkManager.Load.Measuring;

namespace WorkManager.Load.Reporting;

/// <summary>Everything that a run found out.</summary>
internal sealed class Report(bool quick, Machine machine)
{
    /// <summary>Whether the numbers are of small sizes, and say no more than the order of magnitude.</summary>
    public bool Quick { get; } = quick;

    public Machine Machine { get; } = machine;

    /// <summary>Scenarios that an error has ended: what is missing of them was not measured.</summary>
    public List<string> Failed { get; } = [];

    public List<Reach> Reaches { get; } = [];

    public List<Measurement> Measurements { get; } = [];

    /// <summary>What the memory did while a queue was drained; null if that was not measured.</summary>
    public Memory? Memory { get; set; }
}

/// <summary>Memory of the process in megabytes, at every twentieth of the way.</summary>
/// <param name="Items">How many items were worked off.</param>
/// <param name="ManagedHeap">After a full collection.</param>
/// <param name="WorkingSet">What the process held.</param>
internal sealed record Memory(int Items, IReadOnlyList<double> ManagedHeap, IReadOnlyList<double> WorkingSet);

/// <summary>What was to be reached, and whether it was.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="What">What is compared.</param>
/// <param name="Goal">What is to be reached, in words; null where a number is only reported.</param>
/// <param name="Measured">What was measured, in words.</param>
/// <param name="Ratio">The number that is held against the goal.</param>
/// <param name="Ok">Whether it was reached; null where there is no goal.</param>
internal sealed record Reach(string Scenario, string What, string? Goal, string Measured, double? Ratio, bool? Ok)
{
    /// <summary>A rate that is at least a share of another one.</summary>
    public static Reach AtLeast(double share, string what, Measurement measured, Measurement of) => new(
        measured.Scenario, $"{what}, {measured.Variant}", $"≥ {share} × {of.System}",
        $"{measured.ItemsPerSecond:N0}/s to {of.ItemsPerSecond:N0}/s",
        measured.ItemsPerSecond / of.ItemsPerSecond, measured.ItemsPerSecond >= share * of.ItemsPerSecond);
}
