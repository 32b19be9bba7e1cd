using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Auditing;
using WorkManager.Changes;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.Persistence;

namespace WorkManager.Applying;

/// <summary>Approves an order and applies it: the decision, the host's changes and the audit trail are one transaction.</summary>
/// <remarks>
/// Host code runs in a fresh scope and context in each attempt. On one change tracker, a second attempt would apply the changes twice.
/// </remarks>
internal sealed class ApproveOrder(
    ApplyRuns runs, IdGenerator ids, PostCommitSteps postCommit, FailedApprovals failed, StoreDialects dialects, ReviewOptions review,
    ILogger<ApproveOrder>? log = null)
    : IVerb<ApproveRequest, WorkOrder?>
{
    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public Operation Operation { get; } = new("approve", JoinRule.Refuses);

    /// <returns>The order; null if a try without a person had nothing to do.</returns>
    public async Task<WorkOrder?> ExecuteAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        var (tenantId, traceParent, isPreviewed) = await FindAsync(context, request, cancellationToken).ConfigureAwait(false);
        request = request with { IsPreviewed = isPreviewed };
        // Here, and not in a method that returns before host code runs: its own activities belong to the trace of the order, too.
        context.JoinTraceOf(traceParent);
        // Host code works for the tenant of its order, even if the approver works for all tenants.
        var applied = await ApproveOrRecordAsync(context.For(TenantScope.Of(tenantId)), request, cancellationToken).ConfigureAwait(false);
        if (applied is null)
        {
            return null;
        }

        context.Tell(new OrderClosed(request.OrderId, tenantId));
        // The change is committed. What was promised for after the commit happens even if the caller cancels.
        await postCommit.RunAsync(context.Services, applied, CancellationToken.None).ConfigureAwait(false);
        return applied.Order.Detach(withItems: true);
    }

    private static async Task<(string TenantId, string? TraceParent, bool IsPreviewed)> FindAsync(
        OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        var order = await context.ReadAsync(
            rows => rows.Orders.Where(o => o.Id == request.OrderId)
                .Select(o => new
                {
                    o.TenantId, o.TraceParent, IsPreviewed = rows.Decisions.Any(d => d.OrderId == o.Id && d.Decision == WorkDecision.Preview),
                })
                .SingleOrDefaultAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false) ?? throw WorkNotFoundException.Order(request.OrderId);
        return (order.TenantId, order.TraceParent, order.IsPreviewed);
    }

    private async Task<AppliedOrder?> ApproveOrRecordAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        try
        {
            ApprovalRules.EnsureMayApprove(request.OrderId, context.Actor);
            return await ApproveAsync(context, request, cancellationToken).ConfigureAwait(false);
        }
        // Host code may have been refused a decision about another order.
        catch (ApprovalDeniedException denied) when (denied.OrderId == request.OrderId)
        {
            await failed.RecordAsync(context, denied).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<AppliedOrder?> ApproveAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        var decisionId = ids.Next();
        var hostCode = new HostCode();
        try
        {
            return await context.WriteWithHostAsync(
                Write.Once<AppliedOrder?>(
                    hosted => ApproveAsync(hosted, request, decisionId, hostCode, cancellationToken),
                    (rows, _) => rows.Decisions.AnyAsync(d => d.Id == decisionId, CancellationToken.None)),
                cancellationToken).ConfigureAwait(false);
        }
        catch (OrderNotReadyException notReady) when (request.IsAutomatic && notReady.OrderId == request.OrderId)
        {
            await failed.RecordAsync(context, request, notReady).ConfigureAwait(false);
            throw;
        }
        catch (Exception thrown) when (hostCode.FailureOfTheOrder(thrown, dialects.Of(context.Host), cancellationToken) is { } failure)
        {
            log.ApplyFailed(failure, request.OrderId);
            await failed.RecordAsync(context, request, failure).ConfigureAwait(false);
            if (failure is WorkManagerException)
            {
                throw;
            }

            throw new ApplyFailedException(request.OrderId, failure);
        }
    }

    private async Task<Ending<AppliedOrder?>> ApproveAsync(
        HostUnit hosted, ApproveRequest request, Guid decisionId, HostCode hostCode, CancellationToken cancellationToken)
    {
        var unit = hosted.Unit;
        var run = await runs.BeginAsync(hosted, request.OrderId, hostCode).ConfigureAwait(false);
        // Somebody else has taken it, or holds it, or has rejected it: then it is for people to approve.
        var isFree = run.Applied.Order is { NextApplyAt: { } next, HeldAt: null } && (request.TakenUntil is null || request.TakenUntil == next);
        if (request.IsAutomatic && !isFree)
        {
            return Ending.RollBack<AppliedOrder?>(null);
        }

        if (run.Applied.Order.HeldAt is not null)
        {
            throw new OrderNotReadyException(request.OrderId, ["The order is held. Resume it first."]);
        }

        if (request.IsAutomatic && !await run.AskAsync(type => type.AutoApprove).ConfigureAwait(false))
        {
            return await LeaveToReviewersAsync(unit, run.Applied.Order).ConfigureAwait(false);
        }

        var (order, items) = (run.Applied.Order, run.Applied.Items);
        var allowsSelf = await run.AskAsync(type => type.AllowSelfApproval).ConfigureAwait(false);
        var isOwnWork = ApprovalRules.EnsureMayApprove(order, items, allowsSelf, unit.Actor, request.Policy);
        var reviewed = await FindReviewAsync(run, unit, request).ConfigureAwait(false);
        await run.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);

        unit.Lifecycle.Move(order, OrderState.Approved, new EventDetails(Message: isOwnWork ? "Approved by somebody who submitted work of it" : null));
        var decision = unit.Decide(decisionId, order, "approve");
        decision.Policy = request.Policy;
        decision.SelfApproval = isOwnWork;
        decision.ContentHash = reviewed?.ContentHash;
        decision.ConsumedAt = unit.Now;

        var changes = await run.ApplyAsync(reviewed is null ? null : review.MaxRows, cancellationToken).ConfigureAwait(false);
        EnsureIsWhatWasReviewed(reviewed, changes.Content);
        Complete(unit, order, items, changes.Diff);
        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit<AppliedOrder?>(run.Applied);
    }

    /// <summary>The preview that the approver names; null if the approval is for the order as it is.</summary>
    /// <exception cref="StaleReviewException">There is no such preview, or the order type asks for one.</exception>
    private static async Task<WorkDecision?> FindReviewAsync(ApplyRun run, UnitOfWork unit, ApproveRequest request)
    {
        if (request.ContentHash is { } hash)
        {
            return await PreviewOrder.FindAsync(unit.Rows, request.OrderId, hash).ConfigureAwait(false) ?? throw StaleReviewException.Unknown();
        }

        var isRequired = request.Policy is null && await run.AskAsync(type => type.Review switch
        {
            ReviewRequirement.Always => true,
            ReviewRequirement.Never => false,
            _ => request.IsPreviewed,
        }).ConfigureAwait(false);
        return isRequired ? throw StaleReviewException.Required(request.IsPreviewed) : null;
    }

    private static void EnsureIsWhatWasReviewed(WorkDecision? reviewed, ReviewedContent? content)
    {
        if (reviewed is not null && content!.Hash().ToString() != reviewed.ContentHash)
        {
            throw StaleReviewException.Changed(content.DifferencesSince(reviewed.Changes!));
        }
    }

    // Its type was automatic when the order was proposed, and is not any more.
    private static async Task<Ending<AppliedOrder?>> LeaveToReviewersAsync(UnitOfWork unit, WorkOrder order)
    {
        UnitOfWork.LeaveAsTheyWere([order]);
        order.NextApplyAt = null;
        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit<AppliedOrder?>(null);
    }

    private static void Complete(UnitOfWork unit, WorkOrder order, IReadOnlyList<WorkItem> done, WorkDiff diff)
    {
        var byEngine = Lifecycle.Engine;
        unit.Lifecycle.Move(order, OrderState.Applied, new EventDetails(Message: "Changes applied", Diff: diff, Actor: byEngine));
        foreach (var item in done)
        {
            if (item.State == ItemState.Submitted)
            {
                unit.Lifecycle.Move(order, item, ItemState.Accepted, new EventDetails(Message: "Work order applied", Actor: byEngine));
            }

            unit.Lifecycle.Move(order, item, ItemState.Completed, new EventDetails(Message: "Work item completed", Actor: byEngine));
        }

        unit.Lifecycle.Move(order, OrderState.Completed, new EventDetails(Message: "All items completed", Actor: byEngine));
    }
}
