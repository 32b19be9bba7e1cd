namespace WorkManager;

/// <summary>One item of a plan.</summary>
public abstract class PlannedItem
{
    private protected PlannedItem()
    {
    }

    /// <summary>The kind of item, at most 120 characters.</summary>
    /// <value>Null by default: the order type's key.</value>
    public string? Type { get; init; }

    /// <summary>How many leases may end without a result before the item fails.</summary>
    /// <value>Null by default: the order type's, else <see cref="RetryOptions.DefaultMaxAttempts"/>.</value>
    public int? MaxAttempts { get; init; }

    /// <summary>Not to be handed out before this time.</summary>
    /// <value>Null by default: at once.</value>
    public DateTimeOffset? AvailableAt { get; init; }

    /// <summary>How long a lease of the item lasts, in whole seconds, where the request says nothing.</summary>
    /// <value>
    /// Null by default: the order type's (<see cref="OrderTypeAttribute.LeaseSeconds"/>), else <see cref="LeaseOptions.Ttl"/>. 1 second to
    /// <see cref="LeaseOptions.MaxTtl"/>.
    /// </value>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>The items of the same plan that must have a result before this one is handed out.</summary>
    /// <value>None by default. <see cref="OrderTypeAttribute.DependencyFailure"/> says what becomes of this item if one of them fails.</value>
    public IReadOnlyCollection<PlannedItem> After { get; init; } = [];

    internal abstract object InputValue { get; }
}
