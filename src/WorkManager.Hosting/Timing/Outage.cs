namespace WorkManager.Hosting.Timing;

/// <summary>Says how long to wait while something fails again and again: a fifth of the time that it has failed so far.</summary>
/// <remarks>So a short outage is over soon after its end, and a long one is not made worse. Used by one loop; others may read.</remarks>
internal sealed class Outage(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private volatile int failures;
    private long since;

    /// <summary>How often it has failed in a row.</summary>
    public int Failures => failures;

    /// <summary>It has failed.</summary>
    /// <returns>How long to wait before the next try.</returns>
    public TimeSpan Fail()
    {
        if (failures++ == 0)
        {
            since = time.GetTimestamp();
        }

        var wait = time.GetElapsedTime(since) / 5;
        return Jitter.Around(wait < Shortest ? Shortest : wait > Longest ? Longest : wait);
    }

    /// <summary>It works.</summary>
    /// <returns>How often it had failed.</returns>
    public int End()
    {
        var ended = failures;
        failures = 0;
        return ended;
    }
}
