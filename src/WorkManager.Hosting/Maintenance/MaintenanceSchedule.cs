using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>How often this process does each duty of <see cref="IWorkMaintenance"/>; null for never.</summary>
/// <remarks>
/// Each process can have the same schedule: who finds a duty taken does nothing. A time is that from the end of one run to the beginning of the next, give or
/// take a fifth; the first run comes somewhere within it. 1 second to 30 days.
/// </remarks>
public sealed class MaintenanceSchedule
{
    /// <summary><see cref="IWorkMaintenance.ReclaimExpiredAsync"/>.</summary>
    /// <value>1 minute by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? ReclaimExpired { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary><see cref="IWorkMaintenance.ApproveDueAsync"/>.</summary>
    /// <value>1 minute by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? ApproveDue { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary><see cref="IWorkMaintenance.SettleDependenciesAsync"/>.</summary>
    /// <value>1 minute by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? SettleDependencies { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary><see cref="IWorkMaintenance.GenerateAsync"/>.</summary>
    /// <value>Null by default: how often there may be new work, only you know.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? Generate { get; set; }

    /// <summary><see cref="IWorkMaintenance.DeadLetterDueAsync"/>.</summary>
    /// <value>1 hour by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? DeadLetterDue { get; set; } = TimeSpan.FromHours(1);

    /// <summary><see cref="IWorkMaintenance.FindStaleAsync"/>.</summary>
    /// <value>1 hour by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? FindStale { get; set; } = TimeSpan.FromHours(1);

    /// <summary><see cref="IWorkMaintenance.ReconcileAsync"/>.</summary>
    /// <value>1 hour by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? Reconcile { get; set; } = TimeSpan.FromHours(1);

    /// <summary><see cref="IWorkMaintenance.PurgeKeysAsync"/>.</summary>
    /// <value>1 hour by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? PurgeKeys { get; set; } = TimeSpan.FromHours(1);

    /// <summary><see cref="IWorkMaintenance.PruneAsync"/>.</summary>
    /// <value>Null by default: it deletes history, which the database user of an application should not be able to do.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? Prune { get; set; }
}
