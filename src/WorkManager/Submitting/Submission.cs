namespace WorkManager;

/// <summary>One result of a batch of results.</summary>
/// <typeparam name="TResult">The result of the item's order type.</typeparam>
/// <param name="Lease">The lease; a <see cref="WorkLease"/> converts to it.</param>
/// <param name="Result">The result.</param>
/// <param name="Options">Evidence and notes for the audit trail.</param>
public sealed record Submission<TResult>(LeaseToken Lease, TResult Result, SubmitOptions? Options = null)
    where TResult : notnull;
