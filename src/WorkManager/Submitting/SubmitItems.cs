using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <summary>Checks results, stores them and ends their leases. The last result of an order submits the order.</summary>
internal sealed class SubmitItems(ResultCheck check) : IVerb<Batch<SubmitRequest>, IReadOnlyList<WorkOutcome<WorkItem>>>
{
    public Operation Operation { get; } = new("submit", JoinRule.Joins);

    public async Task<IReadOnlyList<WorkOutcome<WorkItem>>> ExecuteAsync(
        OperationContext context, Batch<SubmitRequest> batch, CancellationToken cancellationToken)
    {
        var results = await check.CheckAsync(context, batch.Requests, cancellationToken).ConfigureAwait(false);
        if (results.TrueForAll(r => r.IsRefusedAtOnce))
        {
            return results.ConvertAll(r => new WorkOutcome<WorkItem>(r.Refusal!));
        }

        var storing = new ResultStoring(results, batch);
        var outcomes = storing.IsOneCommand
            ? await context.WriteByCommandAsync(Write.Recognizing(storing.RunAsync), cancellationToken).ConfigureAwait(false)
            : await context.WriteAsync(Write.Recognizing(storing.RunAsync), cancellationToken).ConfigureAwait(false);
        foreach (var order in storing.Submitted)
        {
            context.Tell(order);
        }

        return outcomes;
    }
}
