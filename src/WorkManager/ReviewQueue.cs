using Microsoft.EntityFrameworkCore;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.Reading;
using WorkManager.Reviewing;

namespace WorkManager;

/// <summary>Hands out orders that wait for review, each to one person at a time.</summary>
internal sealed class ReviewQueue(WorkEngine engine, WorkSession session, TakeReviewOptions options)
{
    // So many orders are found at once: others that ask in the same moment take some of them.
    private const int PageSize = 20;

    /// <summary>Takes the order that the actor has taken before and not decided about, or else the next one.</summary>
    /// <returns>The order; null if there is none.</returns>
    /// <exception cref="WorkNotFoundException">There is no order of the id that is asked for.</exception>
    public async Task<WorkOrder?> TakeAsync(CancellationToken cancellationToken)
    {
        EnsureTime(options.For);
        if (await TakeFirstAsync(PendingApprovalsFilter.Own, cancellationToken).ConfigureAwait(false) is { } own)
        {
            return own;
        }

        if (options.OrderId is not { } id)
        {
            return await TakeFirstAsync(PendingApprovalsFilter.NotSkipped, cancellationToken).ConfigureAwait(false);
        }

        return await TakeFirstAsync(PendingApprovalsFilter.NotTaken, cancellationToken).ConfigureAwait(false)
            ?? (await ExistsAsync(id, cancellationToken).ConfigureAwait(false) ? null : throw WorkNotFoundException.Order(id));
    }

    private async Task<WorkOrder?> TakeFirstAsync(PendingApprovalsFilter filter, CancellationToken cancellationToken)
    {
        var query = new PendingApprovalsQuery { Type = options.Type, Limit = PageSize };
        do
        {
            var page = await FindAsync(query, filter, cancellationToken).ConfigureAwait(false);
            foreach (var order in page.Items)
            {
                if (await TryTakeAsync(order, filter, cancellationToken).ConfigureAwait(false) is { } taken)
                {
                    return taken;
                }
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);

        return null;
    }

    private Task<WorkPage<WorkOrder>> FindAsync(PendingApprovalsQuery query, PendingApprovalsFilter filter, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            "pending_approvals", session, context => engine.PendingApprovals.ListAsync(context, query, filter, options.OrderId, cancellationToken),
            cancellationToken);

    private Task<bool> ExistsAsync(Guid orderId, CancellationToken cancellationToken) => engine.ReadAsync(
        "get", session, context => context.ReadAsync(rows => rows.Orders.AnyAsync(o => o.Id == orderId, cancellationToken), cancellationToken),
        cancellationToken);

    private async Task<WorkOrder?> TryTakeAsync(WorkOrder found, PendingApprovalsFilter filter, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.RunAsync(engine.Verbs.TakeReview, session, new TakeReviewRequest(found.Id, options.For), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (WorkBusyException locked) when (locked.InnerException is null && filter != PendingApprovalsFilter.NotTaken)
        {
            // Somebody has locked it at this moment. The actor's own may be in a preview; of others there are more.
            return filter == PendingApprovalsFilter.Own ? found : null;
        }
        catch (WorkNotFoundException)
        {
            // It was removed since it was found.
            return null;
        }
    }

    private static void EnsureTime(TimeSpan time)
    {
        if (time < TimeSpan.FromSeconds(1) || time > TakeReviewOptions.MaxTime)
        {
            throw WorkValidationException.Argument(
                "for", ValidationCodes.OutOfRange, $"The time must be 1 second to {TakeReviewOptions.MaxTime.TotalHours} hours.");
        }
    }
}
