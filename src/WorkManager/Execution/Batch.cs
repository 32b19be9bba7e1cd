using WorkManager.Errors;

namespace WorkManager.Execution;

/// <summary>The requests that a verb handles in one transaction.</summary>
/// <param name="Requests">One request or more.</param>
/// <param name="IsSingle">
/// Whether it is a single call. A single call waits for an item that another transaction has locked. A batch skips such items: it holds many locks, and
/// others would have to wait for them meanwhile.
/// </param>
internal sealed record Batch<T>(IReadOnlyList<T> Requests, bool IsSingle)
{
    public const int MaxSize = 1000;

    /// <exception cref="WorkValidationException">There are too many requests.</exception>
    public static Batch<T> Many(IReadOnlyList<T> requests) => requests.Count <= MaxSize
        ? new(requests, IsSingle: false)
        : throw WorkValidationException.Argument(
            "batch", ValidationCodes.MaxItems, $"A batch may have at most {MaxSize} entries; this one has {requests.Count}. Send several batches.");

    public static Batch<T> One(T request) => new([request], IsSingle: true);

    /// <summary>Whether to wait for items that others have locked, while the orders are locked.</summary>
    /// <remarks>
    /// A single call may wait for its item, but it should not wait while it holds the lock on the order: a claim that has locked the item may be waiting for
    /// that order, and PostgreSQL needs a second to find the deadlock. So the call releases its locks and tries again; only its last attempt waits. In a
    /// caller's transaction there is one attempt only, so there it always waits.
    /// </remarks>
    public bool Waits(Attempt attempt) => IsSingle && attempt.Waits;

    /// <summary>Ends a transaction: a single call whose item is locked tries again.</summary>
    public Ending<IReadOnlyList<WorkOutcome<TResult>>> End<TResult>(IReadOnlyList<WorkOutcome<TResult>> outcomes) =>
        IsSingle && outcomes[0].Error is WorkBusyException ? Ending.TryAgain(outcomes) : Ending.Commit(outcomes);
}
