using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.Persistence;

namespace WorkManager.Applying;

/// <summary>Approves an order and applies it: the decision, the host's changes and the audit trail are one transaction.</summary>
/// <remarks>
/// Host code runs in a fresh scope and context for each attempt: a delegate that is retried on one tracker would apply twice.
/// </remarks>
internal sealed class ApproveOrder(
    OrderTypeRegistry types, JsonDocuments documents, IdGenerator ids, PostCommitSteps postCommit, ILogger<ApproveOrder>? log = null)
    : IVerb<ApproveRequest, WorkOrder>
{
    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public Operation Operation { get; } = new("approve", JoinRule.Refuses);

    public async Task<WorkOrder> ExecuteAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        await CheckRequestAsync(context, request, cancellationToken).ConfigureAwait(false);
        var decisionId = ids.Next();
        var progress = new ApplyProgress();
        try
        {
            await context.TransactWithHostAsync(
                unit => progress.WatchAsync(ApplyAsync(unit, request, decisionId, progress, cancellationToken)),
                db => db.WorkDecisions.AnyAsync(d => d.Id == decisionId, CancellationToken.None),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (progress.InHostCode && !(progress.Failure is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            var failure = progress.Failure!;
            log.ApplyFailed(failure, request.OrderId);
            await TryRecordFailureAsync(context, request.OrderId, failure).ConfigureAwait(false);
            if (failure is WorkManagerException)
            {
                throw;
            }

            throw new ApplyFailedException(request.OrderId, failure);
        }

        // The caller may go away, the change does not: what was promised for after the commit is done.
        await postCommit.RunAsync(progress.Applied!, CancellationToken.None).ConfigureAwait(false);
        return progress.Applied!.Order.Detach(withItems: true);
    }

    private static async Task CheckRequestAsync(OperationContext context, ApproveRequest request, CancellationToken cancellationToken)
    {
        var order = await context.ReadAsync(
            db => db.WorkOrders.Where(o => o.Id == request.OrderId).Select(o => new { o.TraceParent }).SingleOrDefaultAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false)
            ?? throw WorkNotFoundException.Order(request.OrderId);
        context.JoinTraceOf(order.TraceParent);
        if (context.Actor.Type == ActorType.Agent)
        {
            throw new ApprovalDeniedException(request.OrderId, ApprovalDeniedReason.Agent);
        }

        if (request.ContentHash is not null)
        {
            throw new StaleReviewException(WorkErrorCodes.StaleReview, "No review issued this content hash. Approve without one.");
        }
    }

    private async Task<bool> ApplyAsync(HostUnit hosted, ApproveRequest request, Guid decisionId, ApplyProgress progress, CancellationToken cancellationToken)
    {
        progress.InHostCode = false;
        var unit = hosted.Unit;
        var order = await unit.LockOrderAsync(request.OrderId).ConfigureAwait(false);
        unit.Lifecycle.Settle(order);
        EnsureSubmitted(order);

        var items = await unit.Db.WorkItems.Where(i => i.OrderId == order.Id).OrderBy(i => i.Id).ToListAsync(CancellationToken.None).ConfigureAwait(false);
        var done = items.Where(i => i.State is ItemState.Submitted or ItemState.Accepted).ToList();
        var descriptor = types.Get(order.Type);
        var type = (OrderType)hosted.Services.GetRequiredService(descriptor.ClrType);
        var isOwnWork = ApprovalRules.EnsureMayApprove(order, done, type, unit.Actor, request.Policy);

        progress.InHostCode = true;
        var stored = new StoredOrder(order, done, type, descriptor.Version, documents.Lenient);
        var obstacles = await type.GetObstaclesAsync(stored, cancellationToken).ConfigureAwait(false);
        progress.InHostCode = false;
        if (obstacles.Count > 0)
        {
            throw new OrderNotReadyException(order.Id, obstacles);
        }

        // The time and ids that host code sees are the order's, not the attempt's: the same however often it runs.
        var environment = new ApplyEnvironment(order.Id, order.Revision, order.LastTransitionedAt ?? unit.Now, unit.Actor);
        unit.Lifecycle.Move(order, OrderState.Approved, new EventDetails(Message: isOwnWork ? "Approved by somebody who submitted work of it" : null));
        var decision = unit.Decide(decisionId, order, "approve");
        decision.Policy = request.Policy;
        decision.SelfApproval = isOwnWork;
        decision.ConsumedAt = unit.Now;

        progress.InHostCode = true;
        var steps = type.BeginApply(stored, environment);
        using var changes = new HostChanges(hosted.Host, documents.Strict);
        await steps.BeforeAsync(cancellationToken).ConfigureAwait(false);
        await steps.ApplyAsync(cancellationToken).ConfigureAwait(false);
        await hosted.Host.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        progress.InHostCode = false;

        Complete(unit, order, done, environment.Diff ?? changes.ToDiff());
        await unit.SaveAsync().ConfigureAwait(false);
        progress.Applied = new AppliedOrder(order, done, descriptor, environment);
        return true;
    }

    private static void EnsureSubmitted(WorkOrder order)
    {
        if (order.State.IsLive())
        {
            throw new OrderNotReadyException(order.Id, [$"{order.ItemsOpen} of {order.ItemsTotal} items have no result yet."]);
        }

        if (order.State != OrderState.Submitted)
        {
            throw Transitions.Illegal(order, OrderState.Approved);
        }
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

    private async Task TryRecordFailureAsync(OperationContext context, Guid orderId, Exception failure)
    {
        try
        {
            await RecordFailureAsync(context, orderId, failure).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The caller must learn why the apply failed, not that the database could not be told.
        catch (Exception recording)
#pragma warning restore CA1031
        {
            log.ApplyFailureNotRecorded(recording, orderId);
        }
    }

    /// <summary>Everything was rolled back; that it was tried, and why it failed, is recorded in a transaction of its own.</summary>
    private static Task<bool> RecordFailureAsync(OperationContext context, Guid orderId, Exception failure) => context.TransactAsync(
        async unit =>
        {
            var order = await unit.LockOrderAsync(orderId).ConfigureAwait(false);
            // The lock counts a revision, but nothing of the order has changed: the next attempt must give out the same ids.
            order.Revision--;
            unit.Audit.Record(WorkEventNames.Failed, order, new EventDetails(
                new JsonObject { ["code"] = WorkErrorCodes.ApplyFailed, ["exception"] = failure.GetType().FullName, ["message"] = failure.Message },
                "Apply failed; nothing was changed"));
            await unit.SaveAsync().ConfigureAwait(false);
            return true;
        },
        _ => Task.FromResult(false),
        CancellationToken.None);

    /// <summary>What the outside learns of the last attempt.</summary>
    private sealed class ApplyProgress
    {
        /// <summary>Whether a failure is the host's: it is recorded, and the order can be approved again.</summary>
        public bool InHostCode { get; set; }

        /// <summary>The failure as it was thrown: execution strategies put what may pass, such as a timeout, into an exception of their own.</summary>
        public Exception? Failure { get; private set; }

        public AppliedOrder? Applied { get; set; }

        public async Task<bool> WatchAsync(Task<bool> attempt)
        {
            try
            {
                return await attempt.ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                Failure = failure;
                throw;
            }
        }
    }
}
