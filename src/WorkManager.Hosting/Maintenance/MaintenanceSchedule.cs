using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>How often this process does each duty of <see cref="IWorkMaintenance"/>; null for never.</summary>
/// <remarks>
/// Each process can have the same schedule: who finds a duty taken does nothing. A time is that from the end of one run to the beginning of the next, give or
/// take a fifth; the first run comes somewhere within it. 1 second to 30 days.
/// </remarks>
public sealed class MaintenanceSchedule
{
    /// <summary>How often <see cref="IWorkMaintenance.ReclaimExpiredAsync"/> takes back leases that have run out.</summary>
    /// <value>1 minute by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? ReclaimExpired { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often <see cref="IWorkMaintenance.ApproveDueAsync"/> approves orders that need no review and are not approved yet.</summary>
    /// <value>1 minute by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? ApproveDue { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often <see cref="IWorkMaintenance.SettleDependenciesAsync"/> lets go on, or ends, what waits for orders that have ended.</summary>
    /// <value>1 minute by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? SettleDependencies { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often <see cref="IWorkMaintenance.GenerateAsync"/> proposes what the generators find.</summary>
    /// <value>Null by default: how often there may be new work, only you know.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? Generate { get; set; }

    /// <summary>How often <see cref="IWorkMaintenance.DeadLetterDueAsync"/> gives up orders that have failed long ago.</summary>
    /// <value>1 hour by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? DeadLetterDue { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often <see cref="IWorkMaintenance.FindStaleAsync"/> finds orders that have been open for too long.</summary>
    /// <value>1 hour by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? FindStale { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often <see cref="IWorkMaintenance.ReconcileAsync"/> recounts items of orders, and brings their states up to date.</summary>
    /// <value>1 hour by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? Reconcile { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often <see cref="IWorkMaintenance.PurgeKeysAsync"/> deletes idempotency keys that are no longer needed.</summary>
    /// <value>1 hour by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? PurgeKeys { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often <see cref="IWorkMaintenance.PruneAsync"/> deletes orders that were closed long ago, with their history.</summary>
    /// <value>Null by default: it deletes history, which the database user of an application should not be able to do.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? Prune { get; set; }
}
