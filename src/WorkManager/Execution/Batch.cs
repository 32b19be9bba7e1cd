using WorkManager.OrderTypes.Validation;

namespace WorkManager.Execution;

/// <summary>What a verb is asked to do, many times in one transaction.</summary>
/// <param name="Requests">One or more.</param>
/// <param name="Waits">Whether it waits for items that others have locked. A batch skips them: who waits for many holds many up.</param>
internal sealed record Batch<T>(IReadOnlyList<T> Requests, bool Waits)
{
    public const int MaxSize = 1000;

    /// <exception cref="WorkValidationException">There are too many.</exception>
    public static Batch<T> Many(IReadOnlyList<T> requests) => requests.Count <= MaxSize
        ? new(requests, Waits: false)
        : throw WorkValidationException.Argument("batch", ValidationCodes.MaxItems, $"A batch may have {MaxSize}; this one has {requests.Count}.");
}

/// <summary>A batch of one, which throws where the batch would say so.</summary>
/// <remarks>
/// It has time to wait for an item, but not while it holds the order: a claim that has locked the item may be waiting for just that order, and a deadlock
/// costs a second. So it lets go and tries again, and waits only when that has not helped for long. In a caller's transaction it cannot let go, and waits.
/// </remarks>
/// <param name="many">The verb.</param>
/// <param name="holdsOrders">Whether it locks orders; else it waits at once.</param>
internal sealed class Single<TRequest, TResult>(IVerb<Batch<TRequest>, IReadOnlyList<WorkOutcome<TResult>>> many, bool holdsOrders = true) : IVerb<TRequest, TResult>
{
    private readonly int mostTries = holdsOrders ? 50 : 1;

    public Operation Operation => many.Operation;

    public async Task<TResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcomes = await many.ExecuteAsync(context, new Batch<TRequest>([request], Waits: attempt == mostTries || context.Joined is not null), cancellationToken).ConfigureAwait(false);
            if (outcomes[0].Error is not WorkBusyException)
            {
                return outcomes[0].Value;
            }
        }
    }
}
