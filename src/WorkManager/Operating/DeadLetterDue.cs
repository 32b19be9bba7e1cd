using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Gives up every order that failed long ago, batch by batch.</summary>
internal sealed class DeadLetterDue(DeadLetterSelected selected, MaintenanceOptions options) : IVerb<DeadLetterDueRequest, int>
{
    public Operation Operation { get; } = new("dead_letter_due", JoinRule.Refuses);

    public async Task<int> ExecuteAsync(OperationContext context, DeadLetterDueRequest request, CancellationToken cancellationToken)
    {
        var due = new Selected<DeadLetterRequest>(
            new() { State = OrderState.Failed, OlderThan = options.DeadLetterAfter }, id => new DeadLetterRequest(id, "Failed for too long"));
        var total = 0;
        SelectionResult batch;
        do
        {
            batch = await selected.ExecuteAsync(context, due, cancellationToken).ConfigureAwait(false);
            total += batch.OrderIds.Count;
        }
        // Orders that cannot be given up would be found again.
        while (batch.HasMore && batch.OrderIds.Count > 0);

        return total;
    }
}
