using WorkManager.Execution;
using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <summary>Gives up every order that failed long ago, batch by batch.</summary>
internal sealed class DeadLetterDue(DeadLetterSelected selected, MaintenanceOptions options) : Duty<DeadLetterDueRequest, int>("dead_letter_due", 0)
{
    // Small: between pages the turn is renewed.
    private const int PageSize = 100;

    protected override async Task<int> RunAsync(OperationContext context, DeadLetterDueRequest request, DutyTurn turn, CancellationToken cancellationToken)
    {
        var due = new Selected<DeadLetterRequest>(
            new() { State = OrderState.Failed, OlderThan = options.DeadLetterAfter, Limit = PageSize },
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
        while (page.HasMore && await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false));

        return total;
    }
}
