namespace WorkManager.Execution;

/// <summary>Housekeeping, which processes take turns at. Who finds it taken does nothing.</summary>
/// <remarks>
/// Two at once do no harm: each locks what it changes. But they would read the same rows, and wait for each other. A batch that takes longer than a turn lets
/// the next one begin.
/// </remarks>
/// <param name="name">The name of the operation, and of the duty.</param>
/// <param name="nothing">The result where somebody else does it.</param>
internal abstract class Duty<TRequest, TResult>(string name, TResult nothing) : IVerb<TRequest, TResult>
{
    public Operation Operation { get; } = new(name, JoinRule.Refuses);

    public async Task<TResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken)
    {
        if (!TakesTurns(request))
        {
            return await RunAsync(context, request, DutyTurn.OfNoDuty, cancellationToken).ConfigureAwait(false);
        }

        if (await DutyTurn.TryBeginAsync(context, cancellationToken).ConfigureAwait(false) is not { } turn)
        {
            return nothing;
        }

        try
        {
            var result = await RunAsync(context, request, turn, cancellationToken).ConfigureAwait(false);
            await turn.EndAsync(null).ConfigureAwait(false);
            return result;
        }
        catch (Exception failure)
        {
            await (failure.IsCancellationBy(cancellationToken) ? turn.GiveBackAsync() : turn.EndAsync(failure)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether the request is for the duty, and not for something small that anybody may do at any time.</summary>
    protected virtual bool TakesTurns(TRequest request) => true;

    /// <summary>Does the duty. Between its batches it asks the turn whether to go on.</summary>
    protected abstract Task<TResult> RunAsync(OperationContext context, TRequest request, DutyTurn turn, CancellationToken cancellationToken);
}
