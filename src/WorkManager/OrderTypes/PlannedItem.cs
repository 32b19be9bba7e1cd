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

    internal abstract object InputValue { get; }
}
