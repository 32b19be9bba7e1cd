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

    /// <summary>Refuses somebody who has approved the same content already.</summary>
    /// <exception cref="ApprovalDeniedException">It is such a one.</exception>
    public static void EnsureIsAnother(Guid orderId, IEnumerable<WorkDecision> given, Actor actor)
    {
        if (given.Any(a => IsBy(a, actor)))
        {
            throw new ApprovalDeniedException(orderId, ApprovalDeniedReason.SecondApprover);
        }
    }

    /// <summary>Keeps an approval whose content was just compared with what would be applied.</summary>
    /// <param name="context">The operation.</param>
    /// <param name="compared">The approval.</param>
    /// <param name="content">What is approved; null for the order as it is.</param>
    /// <param name="id">The id of the decision.</param>
    /// <returns>The order with its items; null if something has happened to it since: then the approval begins anew.</returns>
    public Task<WorkOrder?> KeepAsync(OperationContext context, Approval compared, ContentHash? content, Guid id) => context.WriteAsync(
        Write.Once<WorkOrder?>(
            unit => KeepAsync(unit, compared, content, id), (rows, _) => rows.Decisions.AnyAsync(d => d.Id == id, CancellationToken.None)),
        CancellationToken.None);

    private async Task<Ending<WorkOrder?>> KeepAsync(UnitOfWork unit, Approval compared, ContentHash? content, Guid id)
    {
        var (order, type) = (await unit.LockOrderAsync(compared.Order.Order.Id).ConfigureAwait(false), compared.Order.Type);
        var isAsCompared = order.State == OrderState.Submitted && order.Revision == compared.Order.Order.Revision;
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        var given = await GivenApprovals.ReadAsync(unit, order.Id).ConfigureAwait(false);
        var counting = ThatCount(given, content, clock);
        var isLast = counting.Count + 1 >= type.Approvals;
        if (!isAsCompared || (isLast && !type.DefersApply) || counting.Exists(a => IsBy(a, unit.Actor)))
        {
            return Ending.RollBack<WorkOrder?>(null);
        }

        // Of another content, or too old.
        GivenApprovals.Void(unit, given.Except(counting));
        UnitOfWork.LeaveAsTheyWere([order]);
        var approval = unit.Decide(id, order, WorkDecision.Approve);
        (approval.ContentHash, approval.SelfApproval) = (content?.ToString(), compared.IsOwnWork);
        if (isLast)
        {
            unit.Lifecycle.Move(order, OrderState.Approved, ApproveOrder.Approved(compared.IsOwnWork));
            order.Revision++;
            order.NextApplyAt = WorkClock.Cut(clock);
        }
        else
        {
            approval.ExpiresAt = clock + options.ApprovalLifetime;
            unit.Audit.Record(WorkEventNames.ApprovalGiven, order, Given(content, counting.Count + 1, type.Approvals));
        }

        await unit.SaveAsync().ConfigureAwait(false);
        // For the caller.
        await unit.Rows.Items.Where(i => i.OrderId == order.Id).OrderBy(i => i.Id).LoadAsync(CancellationToken.None).ConfigureAwait(false);
        return Ending.Commit<WorkOrder?>(order);
    }

    private static EventDetails Given(ContentHash? content, int approvals, int needed) => new(
        new JsonObject { ["content_hash"] = content?.ToString(), ["approvals"] = approvals, ["needed"] = needed }, $"Approved by {approvals} of {needed}");

    private static bool IsBy(WorkDecision approval, Actor actor) => approval.ActorType == actor.Type && approval.ActorId == actor.Id;
}
