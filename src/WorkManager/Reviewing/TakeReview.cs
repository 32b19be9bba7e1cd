using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.Persistence;

namespace WorkManager.Reviewing;

/// <summary>Takes an order for a reviewer, for a while.</summary>
/// <remarks>It is an appointment between reviewers, no lock: whoever may approve the order still may.</remarks>
internal sealed class TakeReview(IdGenerator ids) : IVerb<TakeReviewRequest, WorkOrder?>
{
    public Operation Operation { get; } = new("take_review", JoinRule.Joins);

    /// <returns>The order; null if it does not wait for review any more, or somebody else has taken it.</returns>
    public Task<WorkOrder?> ExecuteAsync(OperationContext context, TakeReviewRequest request, CancellationToken cancellationToken)
    {
        DecisionRules.EnsureMayApprove(request.OrderId, context.Actor);
        var id = ids.Next();
        return context.WriteAsync(
            Write.Once<WorkOrder?>(
                async unit =>
                {
                    // Whoever is approving it may hold its lock for minutes, and then it is not to be reviewed any more.
                    var order = await unit.TryLockOrderAsync(request.OrderId).ConfigureAwait(false);
                    context.JoinTraceOf(order.TraceParent);
                    UnitOfWork.LeaveAsTheyWere([order]);
                    return await TakeAsync(unit, order, id, request.For).ConfigureAwait(false)
                        ? Ending.Commit<WorkOrder?>(order.Detach(withItems: false))
                        : Ending.RollBack<WorkOrder?>(null);
                },
                (rows, _) => rows.Decisions.AnyAsync(d => d.Id == id, CancellationToken.None)),
            cancellationToken);
    }

    private static async Task<bool> TakeAsync(UnitOfWork unit, WorkOrder order, Guid id, TimeSpan time)
    {
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        var isTaken = await TakenReviews.ByOthers(unit.Rows.Decisions, unit.Actor, clock).AnyAsync(d => d.OrderId == order.Id, CancellationToken.None)
            .ConfigureAwait(false);
        if (isTaken || order is not { State: OrderState.Submitted, HeldAt: null })
        {
            return false;
        }

        await TakenReviews.EndAsync(unit, order.Id, clock).ConfigureAwait(false);
        unit.Decide(id, order, WorkDecision.Take).ExpiresAt = WorkClock.Cut(clock + time);
        await unit.SaveAsync().ConfigureAwait(false);
        return true;
    }
}
