namespace WorkManager;

/// <summary>A submitted order to be judged.</summary>
/// <typeparam name="TPayload">What the requester gave.</typeparam>
/// <typeparam name="TInput">What an agent got.</typeparam>
/// <typeparam name="TResult">What it submitted.</typeparam>
public sealed class ReviewContext<TPayload, TInput, TResult>
{
    private readonly List<string> reasons = [];

    internal ReviewContext(Guid orderId, TPayload payload, IReadOnlyList<SubmittedItem<TInput, TResult>> items)
    {
        OrderId = orderId;
        Payload = payload;
        Items = items;
    }

    /// <summary>The order.</summary>
    public Guid OrderId { get; }

    /// <summary>What the requester gave.</summary>
    public TPayload Payload { get; }

    /// <summary>The items and their results, in the order of the plan.</summary>
    public IReadOnlyList<SubmittedItem<TInput, TResult>> Items { get; }

    internal IReadOnlyList<string> Reasons => reasons;

    /// <summary>Keeps the order from being approved.</summary>
    /// <param name="reason">A sentence for the reviewer.</param>
    public void NotReady(string reason) => reasons.Add(reason);
}
