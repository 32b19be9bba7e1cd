using WorkManager.Diagnostics;

namespace WorkManager.Execution;

/// <summary>What a verb does with a transaction that the caller has open on the host's context.</summary>
internal enum JoinRule
{
    /// <summary>Becomes part of it: "the order and my rows together".</summary>
    Joins,

    /// <summary>
    /// Refuses it. A caller that holds its own rows and approves would deadlock with an apply that holds the order, and a lease that its caller
    /// can roll back is none.
    /// </summary>
    Refuses,
}

/// <summary>A verb's name in traces, metrics and logs, and its rule.</summary>
internal sealed record Operation(string Name, JoinRule Join)
{
    public string ActivityName { get; } = $"{Telemetry.Name.ToLowerInvariant()}.{Name}";
}

/// <summary>One thing that can be done: it reads top-down as load, check, change, audit, save.</summary>
/// <remarks>Verbs never call verbs. What follows from one is handed to the runner; see <see cref="OperationContext.FollowUp"/>.</remarks>
internal interface IVerb<in TRequest, TResult>
{
    Operation Operation { get; }

    Task<TResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken);
}

/// <summary>All results of an order are in: somebody may want to approve it.</summary>
internal sealed record OrderSubmitted(Guid OrderId, string OrderType);

/// <summary>Does what follows from <see cref="OrderSubmitted"/>, after its commit. Never fails the operation that it follows.</summary>
internal interface IOrderSubmittedFollowUp
{
    Task RunAsync(OrderSubmitted submitted, CancellationToken cancellationToken);
}
