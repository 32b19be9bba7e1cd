namespace WorkManager;

/// <summary>The clock that decides when leases run out.</summary>
public enum ClockSource
{
    /// <summary>
    /// The database's clock. The clocks of your processes may then differ without harm to leases. On SQLite this is the same as <see cref="TimeProvider"/>.
    /// </summary>
    Database,

    /// <summary>The registered <see cref="System.TimeProvider"/>.</summary>
    TimeProvider,
}
