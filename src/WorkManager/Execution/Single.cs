namespace WorkManager.Execution;

/// <summary>A single call of a verb that takes batches: a batch of one request. It throws the error that the batch would return as an outcome.</summary>
/// <param name="many">The verb that takes batches.</param>
internal sealed class Single<TRequest, TResult>(IVerb<Batch<TRequest>, IReadOnlyList<WorkOutcome<TResult>>> many) : IVerb<TRequest, TResult>
{
    public Operation Operation => many.Operation;

    public async Task<TResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken) =>
        (await many.ExecuteAsync(context, Batch<TRequest>.One(request), cancellationToken).ConfigureAwait(false))[0].Value;
}
