using WorkManager.OrderTypes;

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

    /// <summary>Refuses the result. Call it once an error: the agent gets all of them.</summary>
    /// <param name="field">Dotted path of the field as the agent knows it, such as <c>zones.0</c>; empty for the whole result.</param>
    /// <param name="code">A stable code for programs.</param>
    /// <param name="message">A sentence that tells the agent what to do better.</param>
    public void Fail(string field, string code, string message) => errors.Add(new ValidationError(field, code, message));
}

/// <summary>An item and its result.</summary>
/// <typeparam name="TInput">What the agent got.</typeparam>
/// <typeparam name="TResult">What it submitted.</typeparam>
/// <param name="ItemId">The item.</param>
/// <param name="Input">What the agent got.</param>
/// <param name="Result">What it submitted.</param>
public sealed record SubmittedItem<TInput, TResult>(Guid ItemId, TInput Input, TResult Result);

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

/// <summary>An approved order whose results are to become the host's data.</summary>
/// <typeparam name="TPayload">What the requester gave.</typeparam>
/// <typeparam name="TInput">What an agent got.</typeparam>
/// <typeparam name="TResult">What it submitted.</typeparam>
public sealed class ApplyContext<TPayload, TInput, TResult>
{
    private readonly ApplyEnvironment environment;

    internal ApplyContext(Guid orderId, TPayload payload, IReadOnlyList<SubmittedItem<TInput, TResult>> items, ApplyEnvironment environment)
    {
        OrderId = orderId;
        Payload = payload;
        Items = items;
        this.environment = environment;
    }

    /// <summary>The order.</summary>
    public Guid OrderId { get; }

    /// <summary>What the requester gave.</summary>
    public TPayload Payload { get; }

    /// <summary>The items and their results, in the order of the plan.</summary>
    public IReadOnlyList<SubmittedItem<TInput, TResult>> Items { get; }

    /// <summary>Who approved.</summary>
    public Actor ApprovedBy => environment.ApprovedBy;

    /// <summary>The time to stamp rows with: when the order was submitted, the same however often the order is applied.</summary>
    public DateTimeOffset Now => environment.Now;

    /// <summary>An id for a new row: the same sequence of ids however often the order is applied.</summary>
    /// <returns>The next id.</returns>
    public Guid NewId() => environment.NewId();

    /// <summary>What to say of the change in the audit trail. By default it is told from what the host's context tracks.</summary>
    /// <param name="diff">The change.</param>
    public void Describe(WorkDiff diff) => environment.Diff = diff;

    /// <summary>
    /// Sends a message to every <see cref="IAfterCommitHandler{TMessage}"/> once the change is committed: the place for effects outside the database.
    /// </summary>
    /// <typeparam name="TMessage">The kind of message.</typeparam>
    /// <param name="message">The message.</param>
    /// <remarks>Delivered at most once, in this process: a process that dies after the commit does not deliver it.</remarks>
    public void AfterCommit<TMessage>(TMessage message)
        where TMessage : notnull => environment.AfterCommit(message);
}

/// <summary>Gets the messages that an apply sent once its change is committed.</summary>
/// <typeparam name="TMessage">The kind of message.</typeparam>
/// <remarks>Register it with the container. It runs in a scope of its own; what it throws is logged and changes nothing.</remarks>
public interface IAfterCommitHandler<in TMessage>
    where TMessage : notnull
{
    /// <summary>Handles a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Cancels the handling.</param>
    /// <returns>A task that ends with the handling.</returns>
    Task HandleAsync(TMessage message, CancellationToken cancellationToken);
}
