using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>When the health checks of WorkManager say that something is wrong.</summary>
public sealed class WorkHealthOptions
{
    /// <summary>How long an item may be claimable before the host counts as degraded.</summary>
    /// <value>15 minutes by default; null for any time. Up to 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan? OldestItem { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long ago a lease may have run out that nobody has taken back, until the host counts as degraded: nobody asks for work.</summary>
    /// <value>5 minutes by default; null for any time. Up to 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan? ExpiredLease { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often in a row a worker may fail to ask for work before the host counts as unhealthy.</summary>
    /// <value>3 by default; 1 to 100.</value>
    [Range(1, 100)]
    public int WorkerFailures { get; set; } = 3;
}
