using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;

namespace WorkManager;

/// <summary>How long to wait before something is tried again: an item whose lease ran out, an automatic approval that failed.</summary>
public sealed class RetryOptions
{
    // A millisecond doubled so often is longer than any maximum. With a larger exponent the factor becomes infinite, and a backoff of zero NaN.
    private const int MostDoublings = 40;

    /// <summary>How many leases of an item may end without a result before it fails, unless its order type says otherwise.</summary>
    /// <value>3 by default; 1 to 1000.</value>
    [Range(1, 1000)]
    public int DefaultMaxAttempts { get; set; } = 3;

    /// <summary>
    /// How often an item can be given back before that costs an attempt, too: one that nobody wants must not go round for ever. What a holder gives back
    /// because it shuts down (<see cref="ReleaseOptions.IsDraining"/>) does not count.
    /// </summary>
    /// <value>20 by default; 0 to 10,000.</value>
    [Range(0, 10_000)]
    public int MaxReleases { get; set; } = 20;

    /// <summary>How often an item can be returned for rework, unless its order type says otherwise.</summary>
    /// <value>10 by default; 0 to 1000. 0 allows no rework.</value>
    [Range(0, 1000)]
    public int MaxReworks { get; set; } = 10;

    /// <summary>How long to wait after the first failure; doubled with every further one.</summary>
    /// <value>1 minute by default; up to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Backoff { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Up to how much longer to wait, at random, so that tries do not come back in step.</summary>
    /// <value>20 seconds by default; up to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Jitter { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest wait before jitter.</summary>
    /// <value>1 day by default; up to 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Backoff × 2^(attempts − 1), at most the maximum, plus a random part of the jitter.</summary>
    internal TimeSpan PauseAfter(int attempts) => BackoffAfter(attempts) + NextJitter();

    /// <summary>Backoff × 2^(attempts − 1), at most the maximum.</summary>
    internal TimeSpan BackoffAfter(int attempts)
    {
        var wait = Math.Min(Backoff.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, MostDoublings)), MaxBackoff.TotalSeconds);
        return TimeSpan.FromMilliseconds(Math.Floor(wait * 1000));
    }

    /// <summary>The waits of all attempts: from the last one on, they are equally long.</summary>
    internal IReadOnlyList<TimeSpan> Backoffs()
    {
        var all = new List<TimeSpan> { BackoffAfter(1) };
        while (all.Count <= MostDoublings && all[^1] < MaxBackoff)
        {
            all.Add(BackoffAfter(all.Count + 1));
        }

        return all;
    }

    /// <summary>A random part of the jitter.</summary>
    internal TimeSpan NextJitter() =>
        TimeSpan.FromMilliseconds(Jitter.TotalMilliseconds >= 1 ? RandomNumberGenerator.GetInt32((int)Jitter.TotalMilliseconds + 1) : 0);
}
