using WorkManager.OrderTypes.Validation;

namespace WorkManager.Execution;

/// <summary>What a verb is asked to do, many times in one transaction.</summary>
/// <param name="Requests">One or more.</param>
/// <param name="Waits">Whether it waits for rows that others have locked. A batch skips them: who waits for many holds many up.</param>
internal sealed record Batch<T>(IReadOnlyList<T> Requests, bool Waits)
{
    public const int MaxSize = 1000;

    /// <summary>The single call.</summary>
    public static Batch<T> One(T request) => new([request], Waits: true);

    /// <exception cref="WorkValidationException">There are too many.</exception>
    public static Batch<T> Many(IReadOnlyList<T> requests) => requests.Count <= MaxSize
        ? new(requests, Waits: false)
        : throw WorkValidationException.Argument("batch", ValidationCodes.MaxItems, $"A batch may have {MaxSize}; this one has {requests.Count}.");
}

/// <summary>A batch of one, which throws where the batch would say so.</summary>
internal sealed class Single<TRequest, TResult>(IVerb<Batch<TRequest>, IReadOnlyList<WorkOutcome<TResult>>> many) : IVerb<TRequest, TResult>
{
    public Operation Operation => many.Operation;

    public async Task<TResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken) =>
        (await many.ExecuteAsync(context, Batch<TRequest>.One(request), cancellationToken).ConfigureAwait(false))[0].Value;
}
