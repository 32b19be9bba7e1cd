using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>What the duties of <see cref="IWorkMaintenance"/> go by.</summary>
public sealed class MaintenanceOptions
{
    /// <summary>How long after it has failed an order is given up, unless somebody retries it.</summary>
    /// <value>48 hours by default; up to 10,000 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "10000.00:00:00")]
    public TimeSpan DeadLetterAfter { get; set; } = TimeSpan.FromHours(48);

    /// <summary>How long after its proposal an order that is still open is stale.</summary>
    /// <value>24 hours by default; up to 10,000 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "10000.00:00:00")]
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long after it was completed an order is deleted with its history by <see cref="IWorkMaintenance.PruneAsync"/>.</summary>
    /// <value>Null by default: never. Else up to 10,000 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "10000.00:00:00")]
    public TimeSpan? PruneCompletedAfter { get; set; }

    /// <summary>How long after it was rejected or cancelled an order is deleted with its history by <see cref="IWorkMaintenance.PruneAsync"/>.</summary>
    /// <value>Null by default: never. Else up to 10,000 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "10000.00:00:00")]
    public TimeSpan? PruneRejectedAfter { get; set; }

    /// <summary>How long after it was given up an order is deleted with its history by <see cref="IWorkMaintenance.PruneAsync"/>.</summary>
    /// <value>Null by default: never. Else up to 10,000 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "10000.00:00:00")]
    public TimeSpan? PruneDeadLetteredAfter { get; set; }

    /// <summary>Whether a warning is logged when there are stale orders.</summary>
    /// <value>True by default.</value>
    public bool WarnOfStale { get; set; } = true;
}
