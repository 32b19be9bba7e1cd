using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <summary>Checks results, stores them and ends their leases. The last result of an order submits the order.</summary>
internal sealed class SubmitItems(ResultCheck check, StoreDialects dialects) : IVerb<Batch<SubmitRequest>, IReadOnlyList<WorkOutcome<WorkItem>>>
{
    public Operation Operation { get; } = new("submit", JoinRule.Joins);

    public async Task<IReadOnlyList<WorkOutcome<WorkItem>>> ExecuteAsync(
        OperationContext context, Batch<SubmitRequest> batch, CancellationToken cancellationToken)
    {
        var submissions = await check.CheckAsync(context, batch.Requests, cancellationToken).ConfigureAwait(false);
        if (submissions.TrueForAll(s => s.IsRefusedAtOnce))
        {
            return [.. submissions.Select(s => new WorkOutcome<WorkItem>(s.Refusal!))];
        }

        var store = WayToStore(context, submissions, cancellationToken);
        IReadOnlyList<OrderSubmitted> full = [];
        var outcomes = await batch.TryAsync(context, async waits =>
        {
            (var stored, full) = await store(waits).ConfigureAwait(false);
            return stored;
        }).ConfigureAwait(false);
        foreach (var order in full)
        {
            context.FollowUp(order);
        }

        return outcomes;
    }

    private Func<bool, Task<StoredResults>> WayToStore(OperationContext context, List<CheckedSubmission> submissions, CancellationToken cancellationToken)
    {
        if (submissions.Exists(s => s.Result is null))
        {
            return waits => StoreRowByRow.RunAsync(context, submissions, waits, cancellationToken);
        }

        var atOnce = new StoreAtOnce(context, dialects.Sql<ISubmittingSql>(context.Host), submissions);
        return waits => atOnce.RunAsync(waits, cancellationToken);
    }
}
