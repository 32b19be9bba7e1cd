namespace WorkManager;

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
