using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Applying;

/// <summary>
/// Approves the submitted orders that are approved without a person and were not: the process died after the last result, that result was part of a caller's
/// transaction, or an earlier try failed.
/// </summary>
internal sealed class ApproveDue(AutomaticApproval approval, StoreDialects dialects) : IVerb<ApproveDueRequest, int>
{
    private const int PageSize = 100;

    public Operation Operation { get; } = new("approve_due", JoinRule.Refuses);

    public async Task<int> ExecuteAsync(OperationContext context, ApproveDueRequest request, CancellationToken cancellationToken)
    {
        var approved = 0;
        var page = await FindAsync(context, null, cancellationToken).ConfigureAwait(false);
        while (page.Count > 0)
        {
            foreach (var due in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                approved += await ApproveAsync(context, due).ConfigureAwait(false) ? 1 : 0;
            }

            page = page.Count < PageSize ? [] : await FindAsync(context, page[^1], cancellationToken).ConfigureAwait(false);
        }

        return approved;
    }

    private Task<List<Due>> FindAsync(OperationContext context, Due? after, CancellationToken cancellationToken) => context.ReadAsync(
        async rows =>
        {
            var now = await dialects.Of(rows.Db).ReadClockAsync(rows.Db, context.Clock.Source, context.Clock.Now()).ConfigureAwait(false);
            var orders = rows.Orders.Where(o => o.State == OrderState.Submitted && o.NextApplyAt <= now);

            // Orders whose type is unknown here, or that others have locked, stay where they are.
            orders = after is null ? orders : orders.Where(o => o.NextApplyAt > after.At || (o.NextApplyAt == after.At && o.Id.CompareTo(after.OrderId) > 0));
            return await orders.OrderBy(o => o.NextApplyAt).ThenBy(o => o.Id).Take(PageSize)
                .Select(o => new Due(o.Id, o.TenantId, o.Type, o.NextApplyAt!.Value)).ToListAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    private async Task<bool> ApproveAsync(OperationContext context, Due due)
    {
        switch (await approval.IsAutomaticAsync(context.Services, due.OrderId, due.Type).ConfigureAwait(false))
        {
            case true:
                var session = new WorkSession(context.Services, null, context.Actor);
                var facts = await approval.TryAsync(session, due.OrderId, due.TenantId).ConfigureAwait(false);
                foreach (var fact in facts ?? [])
                {
                    context.Tell(fact);
                }

                return facts is not null;
            case false:
                await LeaveToReviewersAsync(context, due).ConfigureAwait(false);
                return false;
            default:
                return false;
        }
    }

    // The order type was automatic when the order was proposed, and is not any more.
    private static Task<int> LeaveToReviewersAsync(OperationContext context, Due due) => context.WriteAsync(
        Write.Repeatable(async unit =>
        {
            var order = await unit.LockOrderAsync(due.OrderId).ConfigureAwait(false);
            UnitOfWork.LeaveAsTheyWere([order]);
            order.NextApplyAt = null;
            await unit.SaveAsync().ConfigureAwait(false);
            return Ending.Commit(1);
        }),
        CancellationToken.None);

    private sealed record Due(Guid OrderId, string TenantId, string Type, DateTimeOffset At);
}
