using System.Diagnostics;

namespace WorkManager.Load.Measuring;

/// <summary>How long each step of one caller took.</summary>
internal sealed class Latencies(int expected) : ISteps
{
    /// <summary>The name of what a caller does in all.</summary>
    public const string Whole = "all";

    private readonly Dictionary<string, List<double>> milliseconds = [];
    private long begun;
    private long last;

    public IReadOnlyDictionary<string, List<double>> Milliseconds => milliseconds;

    public void Begin() => begun = last = Stopwatch.GetTimestamp();

    public void Mark(string step)
    {
        Add(step, last);
        last = Stopwatch.GetTimestamp();
    }

    public void End() => Add(Whole, begun);

    private void Add(string step, long since)
    {
        if (!milliseconds.TryGetValue(step, out var list))
        {
            milliseconds[step] = list = new List<double>(expected);
        }

        list.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
    }
}
