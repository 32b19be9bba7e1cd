using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Lets orders go on whose dependencies are completed, or does what their order type says if one has come to nothing.</summary>
/// <remarks>
/// It runs after an order was closed, unless the save that closed it has found that nobody waits, and after one was proposed that waits: whichever of the two
/// is committed last sees the other. Where a process died in between, the duty does it.
/// </remarks>
internal sealed class SettleDependencies(ILogger<SettleDependencies>? log = null) : Duty<SettleRequest, int>("settle_dependencies", 0)
{
    private const int PageSize = 100;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    protected override bool TakesTurns(SettleRequest request) => request.IsDuty;

    protected override async Task<int> RunAsync(OperationContext context, SettleRequest request, DutyTurn turn, CancellationToken cancellationToken)
    {
        var settled = 0;
        List<Guid> page = [];
        do
        {
            Guid? after = page.Count == 0 ? null : page[^1];
            page = await context.ReadAsync(rows => FindAsync(rows, request, after, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (var id in page)
            {
                if (!await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false))
                {
                    return settled;
                }

                settled += await TrySettleAsync(context, id, request.IsDuty, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
        }
        // Who has closed the order waits for one page. The rest is for the duty.
        while (page.Count == PageSize && request.IsDuty);

        return settled;
    }

    /// <summary>The orders for which there is something to do, in the order of their ids.</summary>
    private static Task<List<Guid>> FindAsync(WorkRows rows, SettleRequest request, Guid? after, CancellationToken cancellationToken)
    {
        var waits = rows.OrderDependencies.Where(d => d.MetAt == null);
        if (after is { } last)
        {
            waits = waits.Where(d => d.Id.CompareTo(last) > 0);
        }

        if (request.OrderIds is { } ids)
        {
            waits = waits.Where(d => ids.Contains(d.Id));
        }

        if (request.DependsOnId is { } closed)
        {
            waits = waits.Where(d => d.DependsOnId == closed);
        }

        var found =
            from wait in waits
            join order in rows.Orders on wait.Id equals order.Id
            join other in rows.Orders on wait.DependsOnId equals other.Id
            where order.State != OrderState.DeadLettered && (other.State == OrderState.Completed
                || ((other.State == OrderState.Rejected || other.State == OrderState.DeadLettered)
                    && (order.DependencyFailure == DependencyFailure.GoOn
                        || (order.DependencyFailure == DependencyFailure.Fail
                            && (order.State == OrderState.Queued || order.State == OrderState.CheckedOut || order.State == OrderState.InProgress)))))
            select order.Id;
        return found.Distinct().OrderBy(i => i).Take(PageSize).ToListAsync(cancellationToken);
    }

    /// <summary>Looks at an order. One that cannot be looked at stops no other, and is tried again by the duty.</summary>
    private async Task<bool> TrySettleAsync(OperationContext context, Guid orderId, bool isDuty, CancellationToken cancellationToken)
    {
        try
        {
            var settled = await context.WriteAsync(
                Write.Repeatable(async unit => await SettleAsync(unit, orderId).ConfigureAwait(false) switch
                {
                    true => Ending.Commit<bool?>(true),
                    false => Ending.RollBack<bool?>(false),
                    // Somebody has locked it. The duty comes again; nobody else may come, if two orders are closed at once for which it waits.
                    null => isDuty || unit.Attempt.Waits ? Ending.RollBack<bool?>(null) : Ending.TryAgain<bool?>(null),
                }),
                cancellationToken).ConfigureAwait(false);
            return settled ?? (isDuty ? false : throw WorkBusyException.OfOrder(orderId));
        }
#pragma warning disable CA1031 // Whatever it is, the others must not wait for it.
        catch (Exception failure) when (!failure.IsCancellationBy(cancellationToken))
#pragma warning restore CA1031
        {
            log.DependenciesNotSettled(failure, orderId);
            return false;
        }
    }

    /// <returns>Whether anything was done; null if somebody has locked the order.</returns>
    private static async Task<bool?> SettleAsync(UnitOfWork unit, Guid orderId)
    {
        if ((await unit.Dialect.TryLockOrdersAsync(unit, [orderId]).ConfigureAwait(false)).SingleOrDefault() is not { } order)
        {
            return null;
        }

        var isDone = await OrderDependencies.SettleAsync(unit, order).ConfigureAwait(false);
        if (isDone)
        {
            await unit.SaveAsync().ConfigureAwait(false);
        }

        return isDone;
    }
}
