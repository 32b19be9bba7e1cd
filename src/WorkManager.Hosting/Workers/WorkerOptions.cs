using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>What can be set for each worker.</summary>
public sealed class WorkerOptions
{
    /// <summary>How many items are worked on at once. An item counts until its result is stored.</summary>
    /// <value>10 by default; 1 to 1000.</value>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 10;

    /// <summary>How many items are leased beforehand, for work that takes less time than a call to the database.</summary>
    /// <value>0 by default, so that no item waits here while another process could work on it; up to 1000.</value>
    [Range(0, 1000)]
    public int Prefetch { get; set; }

    /// <summary>How long a handler may take.</summary>
    /// <value>30 minutes by default; null for any time. At least 10 milliseconds, up to 7 days.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "7.00:00:00")]
    public TimeSpan? Timeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How often a handler is called again with the errors of a refused result. After that the attempt fails (<c>result_refused</c>).</summary>
    /// <value>2 by default; 0 to 100.</value>
    [Range(0, 100)]
    public int MaxRepairs { get; set; } = 2;

    /// <summary>How long a lease lasts. Heartbeats extend it, so it says how soon others get the items of a process that has died.</summary>
    /// <value>Null by default: as the item, its order type or <see cref="LeaseOptions.Ttl"/> says. Else 1 second to <see cref="LeaseOptions.MaxTtl"/>.</value>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan? LeaseTime { get; set; }

    /// <summary>How soon an idle worker asks again after it has found nothing. The time doubles up to <see cref="MaxIdle"/>.</summary>
    /// <value>1 second by default; 10 milliseconds to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan MinIdle { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an idle worker waits before it asks again, or up to two fifths more. What is proposed in its own process wakes it at once.</summary>
    /// <value>5 seconds by default; 10 milliseconds to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan MaxIdle { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>On which model the work runs, for the audit trail.</summary>
    /// <value>Null by default: on none.</value>
    [StringLength(Actor.MaxIdLength, MinimumLength = 1)]
    public string? Model { get; set; }

    /// <summary>
    /// Whether it works for all tenants, in turn. Otherwise it works for the one that <see cref="IWorkTenantProvider"/> names outside of a request.
    /// </summary>
    /// <value>False by default.</value>
    public bool AllTenants { get; set; }
}
