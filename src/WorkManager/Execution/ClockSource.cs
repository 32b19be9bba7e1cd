namespace WorkManager;

/// <summary>Which clock decides leases.</summary>
public enum ClockSource
{
    /// <summary>The database's clock, so that clocks of processes that differ do no harm. On SQLite the same as <see cref="TimeProvider"/>.</summary>
    Database,

    /// <summary>The registered <see cref="System.TimeProvider"/>.</summary>
    TimeProvider,
}
