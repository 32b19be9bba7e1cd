using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Gives up every order that failed long ago, batch by batch.</summary>
internal sealed class DeadLetterDue(DeadLetterSelected selected, MaintenanceOptions options) : IVerb<DeadLetterDueRequest, int>
{
    public Operation Operation { get; } = new("dead_letter_due", JoinRule.Refuses);

    public async Task<int> ExecuteAsync(OperationContext context, DeadLetterDueRequest request, CancellationToken cancellationToken)
    {
        var due = new Selected<DeadLetterRequest>(
            new() { State = OrderState.Failed, OlderThan = options.DeadLetterAfter, Limit = WorkSelection.MaxLimit },
            id => new DeadLetterRequest(id, "Failed for too long"));
        var total = 0;
        SelectedOrders<DeadLetterRequest>.Position? last = null;
        SelectionResult page;
        do
        {
            // Goes on after the last one of the page: orders that somebody has locked are still there.
            (page, last) = await selected.RunAsync(context, due, last, cancellationToken).ConfigureAwait(false);
            total += page.OrderIds.Count;
        }
        while (page.HasMore);

        return total;
    }
}
