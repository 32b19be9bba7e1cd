using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.OrderTypes;

namespace WorkManager.Applying;

/// <summary>
/// Applies the approved orders whose apply was deferred. Approves the submitted ones that are approved without a person and were not: the process died after
/// the last result, that result was part of a caller's transaction, or an earlier try failed.
/// </summary>
/// <remarks>
/// Before a try, it writes when the order is due for the next one. So of several processes one tries; and if that one dies, or cannot record that it failed,
/// there is a pause before the next try.
/// </remarks>
internal sealed class ApproveDue(AutomaticApproval approval, OrderTypeRegistry types, RetryOptions retry, StoreDialects dialects)
    : Duty<ApproveDueRequest, int>("approve_due", 0)
{
    private const int PageSize = 100;

    protected override async Task<int> RunAsync(OperationContext context, ApproveDueRequest request, DutyTurn turn, CancellationToken cancellationToken)
    {
        // One time for all pages: an order that fails meanwhile may be due again before the run is through.
        var now = await context.ReadAsync(
            rows => dialects.ReadClockAsync(rows, context.Clock), cancellationToken).ConfigureAwait(false);
        var approved = 0;
        var page = await FindAsync(context, now, null, cancellationToken).ConfigureAwait(false);
        while (page.Count > 0)
        {
            foreach (var due in page)
            {
                if (!await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false))
                {
                    return approved;
                }

                approved += await ApproveAsync(context, due).ConfigureAwait(false) ? 1 : 0;
            }

            page = page.Count < PageSize ? [] : await FindAsync(context, now, page[^1], cancellationToken).ConfigureAwait(false);
        }

        return approved;
    }

    private static Task<List<Due>> FindAsync(OperationContext context, DateTimeOffset now, Due? after, CancellationToken cancellationToken) =>
        context.ReadAsync(
            rows =>
            {
                var orders = rows.Orders.Where(
                    o => (o.State == OrderState.Submitted || o.State == OrderState.Approved) && o.NextApplyAt <= now && o.HeldAt == null);

                // Orders whose type is unknown here, or that others have locked, stay where they are.
                orders = after is null
                    ? orders
                    : orders.Where(o => o.NextApplyAt > after.At || (o.NextApplyAt == after.At && o.Id.CompareTo(after.OrderId) > 0));
                return orders.OrderBy(o => o.NextApplyAt).ThenBy(o => o.Id).Take(PageSize)
                    .Select(o => new Due(o.Id, o.TenantId, o.Type, o.State, o.NextApplyAt!.Value)).ToListAsync(cancellationToken);
            },
            cancellationToken);

    private async Task<bool> ApproveAsync(OperationContext context, Due due)
    {
        if (types.Find(due.Type) is null || await TakeAsync(context, due).ConfigureAwait(false) is not { } next)
        {
            return false;
        }

        var session = new WorkSession(context.Services, null, context.Actor);
        var facts = due.State == OrderState.Approved
            ? await approval.TryApplyAsync(session, due.OrderId, due.TenantId, next).ConfigureAwait(false)
            : await approval.TryAsync(session, due.OrderId, due.TenantId, next).ConfigureAwait(false);
        foreach (var fact in facts ?? [])
        {
            context.Tell(fact);
        }

        return facts is not null;
    }

    /// <summary>Takes an order for a try. Nobody gets one that somebody else has locked, such as an approval that is running.</summary>
    /// <returns>When the order is due for the try after this one; null if it is not to be tried.</returns>
    private async Task<DateTimeOffset?> TakeAsync(OperationContext context, Due due)
    {
        try
        {
            return await context.WriteAsync(
                Write.Repeatable(async unit =>
                {
                    var locked = await unit.Dialect.TryLockOrdersAsync(unit, [due.OrderId]).ConfigureAwait(false);
                    if (locked is not [{ HeldAt: null } order] || order.State != due.State || order.NextApplyAt != due.At)
                    {
                        return Ending.RollBack<DateTimeOffset?>(null);
                    }

                    UnitOfWork.LeaveAsTheyWere([order]);
                    order.NextApplyAt = WorkClock.Cut(await unit.ReadClockAsync().ConfigureAwait(false) + retry.PauseAfter(order.ApplyAttempts + 1));
                    await unit.SaveAsync().ConfigureAwait(false);
                    return Ending.Commit(order.NextApplyAt);
                }),
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (WorkBusyException)
        {
            return null;
        }
    }

    private sealed record Due(Guid OrderId, string TenantId, string Type, OrderState State, DateTimeOffset At);
}
