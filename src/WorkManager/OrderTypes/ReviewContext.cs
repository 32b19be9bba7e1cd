namespace WorkManager;

/// <summary>A submitted order to be judged.</summary>
/// <typeparam name="TPayload">What the requester gave.</typeparam>
/// <typeparam name="TInput">What an agent got.</typeparam>
/// <typeparam name="TResult">What it submitted.</typeparam>
public sealed class ReviewContext<TPayload, TInput, TResult>
{
    private readonly List<string> reasons = [];

    internal ReviewContext(
        Guid orderId, TPayload payload, IReadOnlyList<SubmittedItem<TInput, TResult>> items, IReadOnlyList<FailedItem<TInput>> failedItems)
    {
        OrderId = orderId;
        Payload = payload;
        Items = items;
        FailedItems = failedItems;
    }

    /// <summary>The order.</summary>
    public Guid OrderId { get; }

    /// <summary>What the requester gave.</summary>
    public TPayload Payload { get; }

    /// <summary>The items and their results, in the order of the plan.</summary>
    public IReadOnlyList<SubmittedItem<TInput, TResult>> Items { get; }

    /// <summary>The items that have no result, in the order of the plan. Only an order type with <see cref="ItemFailure.GoOn"/> meets any.</summary>
    public IReadOnlyList<FailedItem<TInput>> FailedItems { get; }

    internal IReadOnlyList<string> Reasons => reasons;

    /// <summary>Keeps the order from being approved.</summary>
    /// <param name="reason">A sentence for the reviewer.</param>
    public void NotReady(string reason) => reasons.Add(reason);
}
