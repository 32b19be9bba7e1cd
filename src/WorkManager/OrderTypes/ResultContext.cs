namespace WorkManager;

/// <summary>A result to be checked.</summary>
/// <typeparam name="TInput">What the agent got.</typeparam>
/// <typeparam name="TResult">What it submits.</typeparam>
public sealed class ResultContext<TInput, TResult>
{
    private readonly List<ValidationError> errors = [];

    internal ResultContext(Guid orderId, Guid itemId, TInput input, TResult result)
    {
        OrderId = orderId;
        ItemId = itemId;
        Input = input;
        Result = result;
    }

    /// <summary>The order.</summary>
    public Guid OrderId { get; }

    /// <summary>The item.</summary>
    public Guid ItemId { get; }

    /// <summary>What the agent got.</summary>
    public TInput Input { get; }

    /// <summary>What it submits; its shape is checked already.</summary>
    public TResult Result { get; }

    internal IReadOnlyList<ValidationError> Errors => errors;

    /// <summary>Refuses the result. Call it once for each error: the agent gets all of them.</summary>
    /// <param name="field">Dotted path of the field as the agent knows it, such as <c>zones.0</c>; empty for the whole result.</param>
    /// <param name="code">A stable code for programs.</param>
    /// <param name="message">A sentence that tells the agent what to do better.</param>
    public void Fail(string field, string code, string message)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentException.ThrowIfNullOrEmpty(code);
        ArgumentNullException.ThrowIfNull(message);
        errors.Add(new ValidationError(field, code, message));
    }
}
