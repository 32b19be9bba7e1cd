using WorkManager.Errors;

namespace WorkManager.Execution;

/// <summary>What a verb is asked to do, many times in one transaction.</summary>
/// <param name="Requests">One or more.</param>
/// <param name="IsSingle">
/// Whether it is a single call, which has time to wait for what others have locked. A batch skips it: who waits for many holds many up.
/// </param>
internal sealed record Batch<T>(IReadOnlyList<T> Requests, bool IsSingle)
{
    public const int MaxSize = 1000;

    /// <exception cref="WorkValidationException">There are too many.</exception>
    public static Batch<T> Many(IReadOnlyList<T> requests) => requests.Count <= MaxSize
        ? new(requests, IsSingle: false)
        : throw WorkValidationException.Argument("batch", ValidationCodes.MaxItems, $"A batch may have {MaxSize}; this one has {requests.Count}.");

    public static Batch<T> One(T request) => new([request], IsSingle: true);

    /// <summary>Whether to wait for items that others have locked, while the orders are locked.</summary>
    /// <remarks>
    /// A single call has time to wait for its item, but not while it holds the order: a claim that has locked the item may be waiting for just that order,
    /// and a deadlock costs a second. So it lets go and tries again, and waits only when that has not helped for long. In a caller's transaction it cannot
    /// let go, and waits.
    /// </remarks>
    public bool Waits(Attempt attempt) => IsSingle && attempt.Waits;

    /// <summary>Ends a transaction: a single call whose item is locked tries again.</summary>
    public Ending<IReadOnlyList<WorkOutcome<TResult>>> End<TResult>(IReadOnlyList<WorkOutcome<TResult>> outcomes) =>
        IsSingle && outcomes[0].Error is WorkBusyException ? Ending.TryAgain(outcomes) : Ending.Commit(outcomes);
}
