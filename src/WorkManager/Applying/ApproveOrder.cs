using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.Persistence;

namespace WorkManager.Applying;

/// <summary>Approves an order and applies it: the decision, the host's changes and the audit trail are one transaction.</summary>
/// <remarks>
/// Host code runs in a fresh scope and context in each attempt. On one change tracker, a second attempt would apply the changes twice.
/// </remarks>
internal sealed class ApproveOrder(ApplyRuns runs, IdGenerator ids, PostCommitSteps postCommit, ILogger<ApproveOrder>? log = null)
    : IVerb<ApproveRequest, WorkOrder>
{
    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public Operation Operation { get; } = new("approve", JoinRule.Refuses);

    public async Task<WorkOrder> ExecuteAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        var tenant = await CheckRequestAsync(context, request, cancellationToken).ConfigureAwait(false);
        // Host code works for the tenant of its order, even if the approver works for all tenants.
        var applied = await ApproveOrRecordAsync(context.For(tenant), request, cancellationToken).ConfigureAwait(false);
        // The change is committed. What was promised for after the commit happens even if the caller cancels.
        await postCommit.RunAsync(context.Services, applied, CancellationToken.None).ConfigureAwait(false);
        return applied.Order.Detach(withItems: true);
    }

    private static async Task<TenantScope> CheckRequestAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        var order = await context.ReadAsync(
            rows => rows.Orders.Where(o => o.Id == request.OrderId).Select(o => new { o.TenantId, o.TraceParent }).SingleOrDefaultAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false) ?? throw WorkNotFoundException.Order(request.OrderId);
        context.JoinTraceOf(order.TraceParent);
        if (request.ContentHash is not null)
        {
            throw new StaleReviewException(WorkErrorCodes.StaleReview, "No review issued this content hash. Approve without one.");
        }

        return TenantScope.Of(order.TenantId);
    }

    private async Task<AppliedOrder> ApproveOrRecordAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        try
        {
            ApprovalRules.EnsureMayApprove(request.OrderId, context.Actor);
            return await ApproveAsync(context, request, cancellationToken).ConfigureAwait(false);
        }
        // Host code may have been refused a decision about another order.
        catch (ApprovalDeniedException denied) when (denied.OrderId == request.OrderId)
        {
            await TryRecordAsync(context, request.OrderId, WorkEventNames.ApprovalDenied, new EventDetails(
                new JsonObject { ["reason"] = StateNames.ToName(denied.Reason) }, "Approval refused; nothing was changed")).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<AppliedOrder> ApproveAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        var decisionId = ids.Next();
        var hostCode = new HostCode();
        try
        {
            return await context.WriteWithHostAsync(
                Write.Once<AppliedOrder>(
                    hosted => ApproveAsync(hosted, request, decisionId, hostCode, cancellationToken),
                    (rows, _) => rows.Decisions.AnyAsync(d => d.Id == decisionId, CancellationToken.None)),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception thrown) when (IsOfHostCode(thrown, hostCode, cancellationToken))
        {
            var failure = hostCode.Failure!;
            log.ApplyFailed(failure, request.OrderId);
            await TryRecordAsync(context, request.OrderId, WorkEventNames.Failed, new EventDetails(
                new JsonObject { ["code"] = WorkErrorCodes.ApplyFailed, ["exception"] = failure.GetType().FullName, ["message"] = failure.Message },
                "Apply failed; nothing was changed")).ConfigureAwait(false);
            if (failure is WorkManagerException)
            {
                throw;
            }

            throw new ApplyFailedException(request.OrderId, failure);
        }
    }

    // What others did at the same moment is no failure of the host's code, and neither is a cancellation.
    private static bool IsOfHostCode(Exception thrown, HostCode hostCode, CancellationToken cancellationToken) =>
        hostCode.Failure is { } failure
        && !(thrown is WorkBusyException && hostCode.IsConflict)
        && !(failure is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private async Task<Ending<AppliedOrder>> ApproveAsync(
        HostUnit hosted, ApproveRequest request, Guid decisionId, HostCode hostCode, CancellationToken cancellationToken)
    {
        var unit = hosted.Unit;
        var run = await runs.BeginAsync(hosted, request.OrderId, hostCode).ConfigureAwait(false);
        var (order, items) = (run.Applied.Order, run.Applied.Items);
        var isOwnWork = ApprovalRules.EnsureMayApprove(order, items, run.Type, unit.Actor, request.Policy);
        await run.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);

        unit.Lifecycle.Move(order, OrderState.Approved, new EventDetails(Message: isOwnWork ? "Approved by somebody who submitted work of it" : null));
        var decision = unit.Decide(decisionId, order, "approve");
        decision.Policy = request.Policy;
        decision.SelfApproval = isOwnWork;
        decision.ConsumedAt = unit.Now;

        var diff = await run.ApplyAsync(cancellationToken).ConfigureAwait(false);
        Complete(unit, order, items, diff);
        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit(run.Applied);
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

    private async Task TryRecordAsync(OperationContext context, Guid orderId, string name, EventDetails details)
    {
        try
        {
            await RecordAsync(context, orderId, name, details).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The caller must learn why the approval failed, not that the database could not be told.
        catch (Exception recording)
#pragma warning restore CA1031
        {
            log.ApplyFailureNotRecorded(recording, orderId);
        }
    }

    /// <summary>Records in a transaction of its own that the approval was tried, and why it failed: the approval itself was rolled back.</summary>
    private static Task<bool> RecordAsync(OperationContext context, Guid orderId, string name, EventDetails details) => context.WriteAsync(
        Write.Once<bool>(
            async unit =>
            {
                var order = await unit.LockOrderAsync(orderId).ConfigureAwait(false);
                if (unit.Attempt.MayBeDone && await IsRecordedAsync(unit.Rows, orderId, name, unit.OperationId).ConfigureAwait(false))
                {
                    return Ending.RollBack(true);
                }

                // The lock raises the revision. The order has not changed, and the next attempt must derive the same ids, so the revision goes back.
                order.Revision--;
                unit.Audit.Record(name, order, details);
                await unit.SaveAsync().ConfigureAwait(false);
                return Ending.Commit(true);
            },
            (rows, _) => IsRecordedAsync(rows, orderId, name, context.OperationId)),
        CancellationToken.None);

    private static Task<bool> IsRecordedAsync(WorkRows rows, Guid orderId, string name, Guid operationId) => rows.Events.AnyAsync(
        e => e.OrderId == orderId && e.OperationId == operationId && e.Event == name, CancellationToken.None);
}
