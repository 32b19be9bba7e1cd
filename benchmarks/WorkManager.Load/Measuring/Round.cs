namespace WorkManager.Load.Measuring;

/// <summary>What one round measured.</summary>
/// <param name="ItemsPerSecond">The rate.</param>
/// <param name="Steps">How long what took.</param>
/// <param name="AllocatedPerItem">Bytes that this process allocated; null where another process worked.</param>
/// <param name="Deadlocks">How often something had to be done again.</param>
internal sealed record Round(double ItemsPerSecond, IReadOnlyList<StepTime> Steps, double? AllocatedPerItem, int Deadlocks);

/// <summary>How long a step took, in milliseconds.</summary>
internal sealed record StepTime(string Step, double P50, double P99)
{
    public static StepTime Of(string step, IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return new StepTime(step, At(sorted, 0.5), At(sorted, 0.99));
    }

    private static double At(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}
