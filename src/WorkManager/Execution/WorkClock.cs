namespace WorkManager.Execution;

/// <summary>The application's time, cut to the precision that both databases store.</summary>
internal sealed class WorkClock(TimeProvider time, ClockSource source)
{
    /// <summary>
    /// Stands in a new row for the time of the database at which the row is stored. Once it is stored, the row has that time. No other time is like it: all
    /// are cut to microseconds.
    /// </summary>
    public static readonly DateTimeOffset AtInsert = new(1, TimeSpan.Zero);

    /// <summary>Which clock decides leases.</summary>
    public ClockSource Source { get; } = source;

    public DateTimeOffset Now() => Cut(time.GetUtcNow());

    public TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);

    public long Timestamp() => time.GetTimestamp();

    /// <summary>Cuts a time to microseconds, which is the precision of PostgreSQL.</summary>
    public static DateTimeOffset Cut(DateTimeOffset value) => new(value.UtcTicks - (value.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
