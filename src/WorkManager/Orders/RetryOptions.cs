using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>What happens to items whose lease ran out.</summary>
public sealed class RetryOptions
{
    /// <summary>How many leases of an item may end without a result before it fails, unless its order type says otherwise.</summary>
    /// <value>3 by default; 1 to 1000.</value>
    [Range(1, 1000)]
    public int DefaultMaxAttempts { get; set; } = 3;

    /// <summary>How long an item waits after its first lost lease; doubled with every further one.</summary>
    /// <value>1 minute by default; up to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Backoff { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Up to how much longer it waits, at random, so that items do not come back in step.</summary>
    /// <value>20 seconds by default; up to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Jitter { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest wait before jitter.</summary>
    /// <value>1 day by default; up to 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromDays(1);
}
