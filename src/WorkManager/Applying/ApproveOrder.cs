using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Auditing;
using WorkManager.Changes;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.Persistence;

namespace WorkManager.Applying;

/// <summary>Approves an order and applies it: the decision, the host's changes and the audit trail are one transaction.</summary>
/// <remarks>
/// Host code runs in a fresh scope and context in each attempt. On one change tracker, a second attempt would apply the changes twice.
/// </remarks>
internal sealed class ApproveOrder(
    ApplyRuns runs, IdGenerator ids, GiveApproval give, PostCommitSteps postCommit, FailedApprovals failed, DeniedApprovals denied, StoreDialects dialects,
    OrderTypeRegistry types, ILogger<ApproveOrder>? log = null)
    : IVerb<ApproveRequest, WorkOrder?>
{
    // So often an approval begins anew because others have decided about the order meanwhile.
    private const int MostLaps = 5;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public Operation Operation { get; } = new("approve", JoinRule.Refuses);

    /// <summary>What the event of an approval says.</summary>
    public static EventDetails Approved(bool isOwnWork) => new(Message: isOwnWork ? "Approved by somebody who submitted work of it" : null);

    /// <returns>The order; null if a try without a person had nothing to do.</returns>
    public async Task<WorkOrder?> ExecuteAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        (var (tenantId, traceParent), request) = await FindAsync(context, request, cancellationToken).ConfigureAwait(false);
        // Here, and not in a method that returns before host code runs: its own activities belong to the trace of the order, too.
        context.JoinTraceOf(traceParent);
        // Host code works for the tenant of its order, even if the approver works for all tenants.
        var approval = await ApproveOrRecordAsync(context.For(TenantScope.Of(tenantId)), request, cancellationToken).ConfigureAwait(false);
        if (approval?.IsApplied == true)
        {
            if (approval.MayBeAwaited)
            {
                context.Tell(new OrderClosed(request.OrderId, tenantId));
            }

            // The change is committed. What was promised for after the commit happens even if the caller cancels.
            await postCommit.RunAsync(context.Services, approval.Order, CancellationToken.None).ConfigureAwait(false);
        }

        return (approval?.Kept ?? approval?.Order.Order)?.Detach(withItems: true);
    }

    private async Task<((string TenantId, string? TraceParent), ApproveRequest)> FindAsync(
        OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        var order = await context.ReadAsync(
            rows =>
            {
                var hash = request.ContentHash?.ToString();
                var previews = rows.Decisions.Where(
                    d => d.OrderId == request.OrderId && d.Decision == WorkDecision.Preview && (hash == null || d.ContentHash == hash));
                var given = GivenApprovals.OfOrderOrItems(rows.Decisions, request.OrderId);
                var edits = GivenApprovals.EditsBy(rows.Decisions, context.Actor).Where(d => d.OrderId == request.OrderId);
                return rows.Orders.Where(o => o.Id == request.OrderId)
                    .Select(o => new
                    {
                        o.TenantId, o.Type, o.TraceParent, o.Revision, IsPreviewed = previews.Any(), HasGiven = given.Any(), HasEdited = edits.Any(),
                    })
                    .SingleOrDefaultAsync(cancellationToken);
            },
            cancellationToken).ConfigureAwait(false) ?? throw WorkNotFoundException.Order(request.OrderId);
        return ((order.TenantId, order.TraceParent), request with
        {
            IsPreviewed = order.IsPreviewed, WithoutGivenAt = order.HasGiven ? null : order.Revision, Edited = (order.HasEdited, order.Revision),
            IsReversible = types.Find(order.Type)?.IsReversible == true,
        });
    }

    private async Task<Approval?> ApproveOrRecordAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (!request.IsByEngine)
            {
                DecisionRules.EnsureMayApprove(request.OrderId, context.Actor);
            }

            return await ApproveAsync(context, request, cancellationToken).ConfigureAwait(false);
        }
        // Host code may have been refused a decision about another order.
        catch (ApprovalDeniedException refused) when (refused.OrderId == request.OrderId)
        {
            await denied.RecordAsync(context, refused).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Approval?> ApproveAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        var decisionId = ids.Next();
        var hostCode = new HostCode();
        try
        {
            for (var lap = 0; lap < MostLaps; lap++)
            {
                var approval = await context.WriteWithHostAsync(
                    Write.Once<Approval?>(
                        hosted => request.IsDeferred
                            ? ApplyApprovedAsync(hosted, request, hostCode, cancellationToken)
                            : ApproveAsync(hosted, request, decisionId, hostCode, cancellationToken),
                        (rows, _) => FailedApprovals.IsRecordedAsync(rows, request.OrderId, WorkEventNames.Applied, context.OperationId)),
                    cancellationToken,
                    request.SeesOneMoment).ConfigureAwait(false);
                if (approval is null or { IsApplied: true })
                {
                    return approval;
                }

                if (await give.KeepAsync(context, approval, request.ContentHash).ConfigureAwait(false) is { } kept)
                {
                    return approval with { Kept = kept };
                }
            }

            throw WorkBusyException.OfOrder(request.OrderId);
        }
        catch (StaleReviewException outdated) when ((outdated.Differences.Count > 0 || request.IsDeferred) && hostCode.Failure is null)
        {
            await failed.RecordAsync(context, request, outdated).ConfigureAwait(false);
            throw;
        }
        catch (OrderNotReadyException notReady) when (request.IsByEngine && notReady.OrderId == request.OrderId)
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

    private async Task<Ending<Approval?>> ApproveAsync(
        HostUnit hosted, ApproveRequest request, Guid decisionId, HostCode hostCode, CancellationToken cancellationToken)
    {
        var unit = hosted.Unit;
        var run = await runs.BeginAsync(hosted, request.OrderId, hostCode).ConfigureAwait(false);
        // Somebody else has taken it, or holds it, or has rejected it: then it is for people to approve.
        var isFree = run.Applied.Order is { NextApplyAt: { } next, HeldAt: null } && (request.TakenUntil is null || request.TakenUntil == next);
        if (request.IsAutomatic && !isFree)
        {
            return Ending.RollBack<Approval?>(null);
        }

        if (run.Applied.Order.HeldAt is not null)
        {
            throw new OrderNotReadyException(request.OrderId, ["The order is held. Resume it first."]);
        }

        var needed = run.Applied.Type.Approvals;
        if (request.IsAutomatic && (needed > 1 || !await run.AskAsync(type => type.AutoApprove).ConfigureAwait(false)))
        {
            return await LeaveToReviewersAsync(unit, run.Applied.Order).ConfigureAwait(false);
        }

        var isOwnWork = await EnsureMayApproveAsync(run, unit, request, cancellationToken).ConfigureAwait(false);
        var reviewed = await FindReviewAsync(run, request).ConfigureAwait(false);
        var others = await FindOthersAsync(unit, run, request).ConfigureAwait(false);
        await run.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        var ofItems = await FindAcceptedAsync(unit, run, request).ConfigureAwait(false);
        if (others.Count + 1 < needed || (run.Applied.Type.DefersApply && !request.IsAutomatic))
        {
            return await CompareAsync(hosted, run, reviewed, isOwnWork, cancellationToken).ConfigureAwait(false);
        }

        var order = run.Applied.Order;
        unit.Lifecycle.Move(order, OrderState.Approved, Approved(isOwnWork));
        var decision = unit.Decide(decisionId, order, WorkDecision.Approve);
        decision.Policy = request.Policy;
        decision.SelfApproval = isOwnWork;
        decision.ContentHash = reviewed?.ToString();
        decision.ConsumedAt = unit.Now;
        return await ApplyAsync(unit, run, reviewed, decision, [.. others, .. ofItems], isOwnWork, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Applies an order that was approved before.</summary>
    private async Task<Ending<Approval?>> ApplyApprovedAsync(
        HostUnit hosted, ApproveRequest request, HostCode hostCode, CancellationToken cancellationToken)
    {
        var run = await runs.BeginAsync(hosted, request.OrderId, hostCode, isApproved: true).ConfigureAwait(false);
        // Somebody else has taken it, or holds it.
        if (run.Applied.Order is not { NextApplyAt: { } next, HeldAt: null } || request.TakenUntil != next)
        {
            return Ending.RollBack<Approval?>(null);
        }

        if (run.Given.Count == 0)
        {
            throw StaleReviewException.Unknown();
        }

        var reviewed = run.Given[^1].ContentHash is { } hash ? ContentHash.Parse(hash) : (ContentHash?)null;
        await run.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        var ofItems = await FindAcceptedAsync(hosted.Unit, run, request).ConfigureAwait(false);
        return await ApplyAsync(hosted.Unit, run, reviewed, run.Given[^1], [.. run.Given, .. ofItems], isOwnWork: false, cancellationToken)
            .ConfigureAwait(false);
    }

    private static async Task<Ending<Approval?>> ApplyAsync(
        UnitOfWork unit, ApplyRun run, ContentHash? reviewed, WorkDecision last, IEnumerable<WorkDecision> given, bool isOwnWork,
        CancellationToken cancellationToken)
    {
        var changes = await run.ApplyAsync(forReview: reviewed is not null, forGood: true, cancellationToken).ConfigureAwait(false);
        await EnsureIsWhatWasReviewedAsync(unit, reviewed, changes.Content).ConfigureAwait(false);
        last.Changes = changes.Kept;
        foreach (var approval in given)
        {
            approval.ConsumedAt = unit.Now;
        }

        Complete(unit, run.Applied.Order, run.Applied.Items, changes.Diff);
        var mayBeAwaited = await unit.SaveClosingAsync(run.Applied.Order).ConfigureAwait(false);
        return Ending.Commit<Approval?>(new(run.Applied, IsApplied: true, isOwnWork) { MayBeAwaited = mayBeAwaited });
    }

    /// <summary>Compares what would be applied with what was reviewed, and rolls it back: others have to approve it first, or it is applied later.</summary>
    private static async Task<Ending<Approval?>> CompareAsync(
        HostUnit hosted, ApplyRun run, ContentHash? reviewed, bool isOwnWork, CancellationToken cancellationToken)
    {
        if (reviewed is not null)
        {
            var changes = await run.ApplyAsync(forReview: true, forGood: false, cancellationToken).ConfigureAwait(false);
            await EnsureIsWhatWasReviewedAsync(hosted.Unit, reviewed, changes.Content).ConfigureAwait(false);
            await hosted.Unit.Dialect.CheckDeferredConstraintsAsync(hosted.Unit).ConfigureAwait(false);
        }

        return Ending.RollBack<Approval?>(new(run.Applied, IsApplied: false, isOwnWork));
    }

    // An automatic approval has submitted no work, and no role.
    private static async Task<bool> EnsureMayApproveAsync(ApplyRun run, UnitOfWork unit, ApproveRequest request, CancellationToken cancellationToken)
    {
        if (request.Policy is not null)
        {
            return false;
        }

        var terms = await run.ReadTermsAsync().ConfigureAwait(false);
        var order = run.Applied.Order;
        // Asked before the order was locked, which saves a question: an edit raises its revision.
        var hasEdited = order.Revision == request.Edited.At + 1 ? request.Edited.Has
            : await GivenApprovals.EditsBy(unit.Rows.Decisions, unit.Actor).AnyAsync(d => d.OrderId == order.Id, CancellationToken.None).ConfigureAwait(false);
        var isOwnWork = ApprovalRules.EnsureMayApprove(order, run.Applied.Items, hasEdited, terms, unit.Actor);
        await run.EnsureNoPolicyObjectsAsync(unit.Actor, cancellationToken).ConfigureAwait(false);
        return isOwnWork;
    }

    /// <summary>The decisions about the single items that are applied; none if nobody has begun to decide so.</summary>
    /// <exception cref="OrderNotReadyException">Some have none.</exception>
    private static async Task<List<WorkDecision>> FindAcceptedAsync(UnitOfWork unit, ApplyRun run, ApproveRequest request)
    {
        if (HasNoneGiven(run, request))
        {
            return [];
        }

        var accepted = await GivenApprovals.OfItems(unit.Rows.Decisions, request.OrderId).ToListAsync(CancellationToken.None).ConfigureAwait(false);
        var (items, hashes) = (run.Applied.Items, accepted.ToLookup(d => d.ItemId, d => d.ContentHash));
        var undecided = items.Count(i => !hashes[i.Id].Contains(i.ResultHash));
        return accepted.Count == 0 || undecided == 0
            ? accepted
            : throw new OrderNotReadyException(request.OrderId, [$"{undecided} of {items.Count} items are not decided yet."]);
    }

    // Asked before the order was locked, which saves a question: whoever decides about the order or its items raises its revision or approves it.
    private static bool HasNoneGiven(ApplyRun run, ApproveRequest request) =>
        run.Applied.Type.Approvals == 1 && request.WithoutGivenAt is { } revision && run.Applied.Order.Revision == revision + 1;

    /// <summary>The approvals that other people have given to the same content.</summary>
    /// <exception cref="ApprovalDeniedException">The actor has given one already.</exception>
    private static async Task<List<WorkDecision>> FindOthersAsync(UnitOfWork unit, ApplyRun run, ApproveRequest request)
    {
        if (HasNoneGiven(run, request))
        {
            return [];
        }

        var given = await GivenApprovals.ReadAsync(unit, request.OrderId).ConfigureAwait(false);
        var counting = GiveApproval.ThatCount(given, request.ContentHash, await unit.ReadClockAsync().ConfigureAwait(false));
        var others = GiveApproval.ByOthers(request.OrderId, counting, unit.Actor, run.Applied.Type.Approvals);
        // What is of another content, too old or the actor's own does not count any more.
        GivenApprovals.Void(unit, given.Except(others));
        return others;
    }

    /// <summary>The preview that the approver names; null if the approval is for the order as it is.</summary>
    /// <exception cref="StaleReviewException">There is no such preview, or the order type asks for one.</exception>
    private static async Task<ContentHash?> FindReviewAsync(ApplyRun run, ApproveRequest request)
    {
        if (request.ContentHash is { } hash)
        {
            // Asked before the order was locked, which saves a question: a preview stays as it is.
            return request.IsPreviewed ? hash : throw StaleReviewException.Unknown();
        }

        var isRequired = request.Policy is null && await run.AskAsync(type => type.Review switch
        {
            _ when run.Applied.Type.Approvals > 1 => true,
            ReviewRequirement.Always => true,
            ReviewRequirement.Never => false,
            _ => request.IsPreviewed,
        }).ConfigureAwait(false);
        return isRequired ? throw StaleReviewException.Required(request.IsPreviewed) : null;
    }

    private static async Task EnsureIsWhatWasReviewedAsync(UnitOfWork unit, ContentHash? reviewed, ReviewedContent? content)
    {
        if (reviewed is not { } hash || content!.Hash() == hash)
        {
            return;
        }

        var preview = await PreviewOrder.FindAsync(unit.Rows, content.Order.Id, hash).ConfigureAwait(false);
        throw preview is null ? StaleReviewException.Unknown() : StaleReviewException.Changed(content.DifferencesSince(preview.Changes!));
    }

    // Its type was automatic when the order was proposed, and is not any more.
    private static async Task<Ending<Approval?>> LeaveToReviewersAsync(UnitOfWork unit, WorkOrder order)
    {
        UnitOfWork.LeaveAsTheyWere([order]);
        order.NextApplyAt = null;
        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit<Approval?>(null);
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
