using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes.Json;
using WorkManager.Persistence;

namespace WorkManager.Reviewing;

/// <summary>Gives an order back that a reviewer has taken, and does not offer it to the same person again until something about it has changed.</summary>
/// <remarks>It does not lock the order: it writes what is the actor's own, and need not wait for whoever decides about the order meanwhile.</remarks>
internal sealed class SkipReview(IdGenerator ids) : IVerb<SkipReviewRequest, bool>
{
    public Operation Operation { get; } = new("skip_review", JoinRule.Joins);

    public Task<bool> ExecuteAsync(OperationContext context, SkipReviewRequest request, CancellationToken cancellationToken)
    {
        DecisionRules.EnsureMayApprove(request.OrderId, context.Actor);
        StorableText.EnsureReason(request.Comment);
        var id = ids.Next();
        return context.WriteAsync(
            Write.Once(
                async unit =>
                {
                    var order = await unit.Rows.Orders.SingleOrDefaultAsync(o => o.Id == request.OrderId, CancellationToken.None).ConfigureAwait(false)
                        ?? throw WorkNotFoundException.Order(request.OrderId);
                    context.JoinTraceOf(order.TraceParent);
                    if (order.State != OrderState.Submitted)
                    {
                        throw Transitions.Illegal(order, "skipped");
                    }

                    await TakenReviews.EndAsync(unit, order.Id, await unit.ReadClockAsync().ConfigureAwait(false)).ConfigureAwait(false);
                    unit.Decide(id, order, WorkDecision.Skip).Comment = request.Comment;
                    await unit.SaveAsync().ConfigureAwait(false);
                    return Ending.Commit(true);
                },
                (rows, _) => rows.Decisions.AnyAsync(d => d.Id == id, CancellationToken.None)),
            cancellationToken);
    }
}
