using WorkManager.OrderTypes;

namespace WorkManager;

/// <summary>An approved order whose results are to become the host's data.</summary>
/// <typeparam name="TPayload">What the requester gave.</typeparam>
/// <typeparam name="TInput">What an agent got.</typeparam>
/// <typeparam name="TResult">What it submitted.</typeparam>
public sealed class ApplyContext<TPayload, TInput, TResult>
{
    private readonly ApplyEnvironment environment;

    internal ApplyContext(
        Guid orderId, TPayload payload, IReadOnlyList<SubmittedItem<TInput, TResult>> items, IReadOnlyList<FailedItem<TInput>> failedItems,
        ApplyEnvironment environment)
    {
        OrderId = orderId;
        Payload = payload;
        Items = items;
        FailedItems = failedItems;
        this.environment = environment;
    }

    /// <summary>The order.</summary>
    public Guid OrderId { get; }

    /// <summary>What the requester gave.</summary>
    public TPayload Payload { get; }

    /// <summary>The items and their results, in the order of the plan.</summary>
    public IReadOnlyList<SubmittedItem<TInput, TResult>> Items { get; }

    /// <summary>The items that have no result, in the order of the plan. Only an order type with <see cref="ItemFailure.GoOn"/> meets any.</summary>
    public IReadOnlyList<FailedItem<TInput>> FailedItems { get; }

    /// <summary>Who approved.</summary>
    public Actor ApprovedBy => environment.ApprovedBy;

    /// <summary>The time to stamp rows with: when the order was submitted, the same however often the order is applied.</summary>
    public DateTimeOffset Now => environment.Now;

    /// <summary>An id for a new row: the same sequence of ids however often the order is applied.</summary>
    /// <returns>The next id.</returns>
    public Guid NewId() => environment.NewId();

    /// <summary>The description of the change in the audit trail. By default it is made from the changes that the host's context tracks.</summary>
    /// <param name="diff">The change.</param>
    public void Describe(WorkDiff diff) => environment.Diff = diff;

    /// <summary>
    /// Sends a message to every <see cref="IAfterCommitHandler{TMessage}"/> once the change is committed: use it for effects outside the database.
    /// </summary>
    /// <typeparam name="TMessage">The kind of message.</typeparam>
    /// <param name="message">The message.</param>
    /// <remarks>Delivered at most once, in this process: a process that dies after the commit does not deliver it.</remarks>
    public void AfterCommit<TMessage>(TMessage message)
        where TMessage : notnull => environment.AfterCommit(message);
}
