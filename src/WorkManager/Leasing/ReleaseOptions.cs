namespace WorkManager;

/// <summary>How a lease is given back.</summary>
public sealed record ReleaseOptions
{
    /// <summary>Before when nobody is to get the item.</summary>
    /// <value>Null by default: it can be claimed at once. A time that has passed means the same; at most a year from now.</value>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Why, for the audit trail and for the next holder.</summary>
    /// <value>Null by default; up to 2,000 characters.</value>
    public string? Reason { get; init; }

    /// <summary>Whether the holder shuts down. Then it says nothing of the item, and does not count as one of <see cref="RetryOptions.MaxReleases"/>.</summary>
    /// <value>False by default.</value>
    public bool IsDraining { get; init; }
}
