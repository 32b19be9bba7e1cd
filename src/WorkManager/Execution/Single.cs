namespace WorkManager.Execution;

/// <summary>A batch of one, which throws where the batch would say so.</summary>
/// <param name="many">The verb.</param>
internal sealed class Single<TRequest, TResult>(IVerb<Batch<TRequest>, IReadOnlyList<WorkOutcome<TResult>>> many) : IVerb<TRequest, TResult>
{
    public Operation Operation => many.Operation;

    public async Task<TResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken) =>
        (await many.ExecuteAsync(context, Batch<TRequest>.One(request), cancellationToken).ConfigureAwait(false))[0].Value;
}
