using WorkManager.OrderTypes.Validation;

namespace WorkManager.Execution;

/// <summary>What a verb is asked to do, many times in one transaction.</summary>
/// <param name="Requests">One or more.</param>
/// <param name="IsSingle">
/// Whether it is a single call, which has time to wait for what others have locked. A batch skips it: who waits for many holds many up.
/// </param>
internal sealed record Batch<T>(IReadOnlyList<T> Requests, bool IsSingle)
{
    public const int MaxSize = 1000;

    private const int MostTries = 50;

    /// <exception cref="WorkValidationException">There are too many.</exception>
    public static Batch<T> Many(IReadOnlyList<T> requests) => requests.Count <= MaxSize
        ? new(requests, IsSingle: false)
        : throw WorkValidationException.Argument("batch", ValidationCodes.MaxItems, $"A batch may have {MaxSize}; this one has {requests.Count}.");

    public static Batch<T> One(T request) => new([request], IsSingle: true);

    /// <summary>Does what locks orders first and then items.</summary>
    /// <remarks>
    /// A single call has time to wait for its item, but not while it holds the order: a claim that has locked the item may be waiting for just that order,
    /// and a deadlock costs a second. So it lets go and tries again, and waits only when that has not helped for long. In a caller's transaction it cannot
    /// let go, and waits.
    /// </remarks>
    /// <param name="context">The operation.</param>
    /// <param name="run">What to do, given whether it waits for items.</param>
    public async Task<IReadOnlyList<WorkOutcome<TResult>>> TryAsync<TResult>(
        OperationContext context, Func<bool, Task<IReadOnlyList<WorkOutcome<TResult>>>> run)
    {
        for (var attempt = 1; ; attempt++)
        {
            var waits = IsSingle && (attempt == MostTries || context.Joined is not null);
            var outcomes = await run(waits).ConfigureAwait(false);
            if (!IsSingle || outcomes[0].Error is not WorkBusyException)
            {
                return outcomes;
            }
        }
    }
}
