namespace WorkManager.Execution;

/// <summary>The application's time, cut to the precision that both databases store.</summary>
internal sealed class WorkClock(TimeProvider time, ClockSource source)
{
    /// <summary>Which clock decides leases.</summary>
    public ClockSource Source { get; } = source;

    public DateTimeOffset Now() => Cut(time.GetUtcNow());

    public TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);

    public long Timestamp() => time.GetTimestamp();

    /// <summary>Cuts a time to microseconds, which is the precision of PostgreSQL.</summary>
    public static DateTimeOffset Cut(DateTimeOffset value) => new(value.UtcTicks - (value.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
