using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;

namespace WorkManager.Applying;

/// <summary>Keeps approvals by which nothing is applied yet: others have to approve the same content, or the order is applied later.</summary>
internal sealed class GiveApproval(ReviewOptions options)
{
    /// <summary>The approvals of a content that count at a moment.</summary>
    public static List<WorkDecision> ThatCount(IEnumerable<WorkDecision> given, ContentHash? content, DateTimeOffset clock) =>
        [.. given.Where(a => a.ContentHash == content?.ToString() && (a.ExpiresAt is null || a.ExpiresAt > clock))];

    /// <summary>Of the approvals of a content, those by others.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="counting">The approvals that count.</param>
    /// <param name="actor">Who wants to approve it.</param>
    /// <param name="needed">How many people have to.</param>
    /// <exception cref="ApprovalDeniedException">The actor has approved it already, and it needs others.</exception>
    public static List<WorkDecision> ByOthers(Guid orderId, List<WorkDecision> counting, Actor actor, int needed)
    {
        var others = counting.FindAll(a => !actor.Is(a.ActorType, a.ActorId));
        return others.Count < counting.Count && others.Count + 1 < needed
            ? throw new ApprovalDeniedException(orderId, ApprovalDeniedReason.SecondApprover)
            : others;
    }

    /// <summary>Keeps an approval whose content was just compared with what would be applied.</summary>
    /// <param name="context">The operation.</param>
    /// <param name="compared">The approval.</param>
    /// <param name="content">What is approved; null for the order as it is.</param>
    /// <returns>The order with its items; null if something has happened to it since: then the approval begins anew.</returns>
    public Task<WorkOrder?> KeepAsync(OperationContext context, Approval compared, ContentHash? content) => context.WriteAsync(
        Write.Once<WorkOrder?>(
            unit => KeepAsync(unit, compared, content),
            (rows, _) => rows.Events.AnyAsync(
                e => e.OrderId == compared.Order.Order.Id && e.OperationId == context.OperationId
                    && (e.Event == WorkEventNames.ApprovalGiven || e.Event == WorkEventNames.Approved),
                CancellationToken.None)),
        CancellationToken.None);

    private async Task<Ending<WorkOrder?>> KeepAsync(UnitOfWork unit, Approval compared, ContentHash? content)
    {
        var (order, type) = (await unit.LockOrderAsync(compared.Order.Order.Id).ConfigureAwait(false), compared.Order.Type);
        unit.Lifecycle.Settle(order);
        var isAsCompared = order.State == OrderState.Submitted && order.Revision == compared.Order.Order.Revision;
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        var given = await GivenApprovals.ReadAsync(unit, order.Id).ConfigureAwait(false);
        var counting = ThatCount(given, content, clock);
        var others = counting.FindAll(a => !unit.Actor.Is(a.ActorType, a.ActorId));
        var hasApproved = others.Count < counting.Count;
        var isLast = others.Count + 1 >= type.Approvals;
        if (!isAsCompared || (isLast && !type.DefersApply) || (hasApproved && !isLast))
        {
            return Ending.RollBack<WorkOrder?>(null);
        }

        // Of another content, too old, or an earlier one of the same person.
        GivenApprovals.Void(unit, given.Except(others));
        UnitOfWork.LeaveAsTheyWere([order]);
        // The next approver is offered it, also if it comes back to review because it is outdated when it is to be applied.
        await TakenReviews.EndAsync(unit, order.Id, clock).ConfigureAwait(false);
        var approval = unit.Decide(unit.NewId(), order, WorkDecision.Approve);
        (approval.ContentHash, approval.SelfApproval) = (content?.ToString(), compared.IsOwnWork);
        if (isLast)
        {
            unit.Lifecycle.Move(order, OrderState.Approved, ApproveOrder.Approved(compared.IsOwnWork));
            order.Revision++;
            (order.NextApplyAt, order.ApplyAttempts, order.Error) = (WorkClock.Cut(clock), 0, null);
        }
        else
        {
            approval.ExpiresAt = clock + options.ApprovalLifetime;
            unit.Audit.Record(WorkEventNames.ApprovalGiven, order, Given(content, others.Count + 1, type.Approvals));
        }

        await unit.SaveAsync().ConfigureAwait(false);
        // For the caller.
        await unit.Rows.Items.Where(i => i.OrderId == order.Id).OrderBy(i => i.Id).LoadAsync(CancellationToken.None).ConfigureAwait(false);
        return Ending.Commit<WorkOrder?>(order);
    }

    private static EventDetails Given(ContentHash? content, int approvals, int needed) => new(
        new JsonObject { ["content_hash"] = content?.ToString(), ["approvals"] = approvals, ["needed"] = needed }, $"Approved by {approvals} of {needed}");
}
