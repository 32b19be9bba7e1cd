using System.Text.Json;
using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <param name="Lease">What the caller shows.</param>
/// <param name="Result">The result as it came in.</param>
/// <param name="Options">What else was said.</param>
/// <param name="Granted">The lease with its item, if the caller has it: then nothing need be read for the check.</param>
internal sealed record SubmitRequest(LeaseToken Lease, JsonElement Result, SubmitOptions Options, WorkLease? Granted = null);

/// <summary>Checks results, stores them and ends their leases. The last result of an order submits the order.</summary>
internal sealed class SubmitResult(ResultCheck check, StoreDialects dialects) : IVerb<Batch<SubmitRequest>, IReadOnlyList<WorkOutcome<WorkItem>>>
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

/// <param name="Outcomes">One for each submission.</param>
/// <param name="Full">The orders whose last result is in.</param>
internal sealed record StoredResults(IReadOnlyList<WorkOutcome<WorkItem>> Outcomes, IReadOnlyList<OrderSubmitted> Full);
