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

/// <summary>One item of a plan.</summary>
/// <typeparam name="TInput">What the agent gets.</typeparam>
public sealed class PlannedItem<TInput> : PlannedItem
    where TInput : notnull
{
    /// <summary>Creates an item.</summary>
    /// <param name="input">What the agent gets.</param>
    public PlannedItem(TInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Input = input;
    }

    /// <summary>What the agent gets.</summary>
    public TInput Input { get; }

    internal override object InputValue => Input;
}
