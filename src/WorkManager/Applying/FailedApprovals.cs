using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Orders;

namespace WorkManager.Applying;

/// <summary>
/// Records that an approval came too late or failed, in a transaction of its own: that of the approval was rolled back. An order that the engine approves or
/// applies by itself gets the time of its next try.
/// </summary>
internal sealed class FailedApprovals(RetryOptions retry, ILogger<FailedApprovals>? log = null)
{
    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    /// <summary>What was approved is not what would be applied. Whoever has approved it before has to look again.</summary>
    public Task RecordAsync(OperationContext context, ApproveRequest request, StaleReviewException outdated)
    {
        var hash = request.ContentHash?.ToString();
        return TryRecordAsync(
            context, request.OrderId, WorkEventNames.ReviewOutdated,
            new EventDetails(
                new JsonObject { ["content_hash"] = hash, ["differences"] = outdated.Differences.Count }, "Review is outdated; nothing was changed"),
            async (unit, order) =>
            {
                // Somebody else has approved it meanwhile: the apply compares it again.
                if (order.State == OrderState.Approved && !(request.IsDeferred && order.NextApplyAt == request.TakenUntil))
                {
                    return;
                }

                var given = await GivenApprovals.ReadAsync(unit, request.OrderId).ConfigureAwait(false);
                GivenApprovals.Void(unit, given.Where(a => request.IsDeferred || a.ContentHash == hash));
                if (order.State == OrderState.Approved)
                {
                    (order.NextApplyAt, order.ApplyAttempts, order.Error) = (null, 0, null);
                    unit.Lifecycle.Move(order, OrderState.Submitted, new EventDetails(Message: "Back to its reviewers", Actor: Lifecycle.Engine));
                }
            });
    }

    /// <summary>The host's code failed.</summary>
    public Task RecordAsync(OperationContext context, ApproveRequest request, Exception failure)
    {
        var (type, message) = (failure.GetType().FullName, failure is WorkManagerException ? failure.Message : failure.GetBaseException().Message);
        var code = failure is WorkManagerException known ? known.Code : WorkErrorCodes.ApplyFailed;
        return TryRecordAsync(
            context, request.OrderId, WorkEventNames.Failed,
            new EventDetails(
                new JsonObject { ["code"] = code, ["exception"] = type, ["message"] = message }, "Apply failed; nothing was changed"),
            (unit, order) => FailAsync(unit, order, request, code, message, new JsonObject { ["exception"] = type }));
    }

    /// <summary>The order type says that the order cannot be applied yet. That is no event: it may stay so for long.</summary>
    public Task RecordAsync(OperationContext context, ApproveRequest request, OrderNotReadyException notReady) => TryRecordAsync(
        context, request.OrderId, null, null, (unit, order) => FailAsync(
            unit, order, request, notReady.Code, string.Join(" ", notReady.Reasons),
            new JsonObject { ["reasons"] = new JsonArray([.. notReady.Reasons.Select(r => JsonValue.Create(r))]) }));

    private async Task FailAsync(UnitOfWork unit, WorkOrder order, ApproveRequest request, string code, string message, JsonObject details)
    {
        order.Error = new JsonObject { ["code"] = code, ["message"] = message, ["details"] = details }.ToJsonString(JsonSerializerOptions.Web);
        order.ApplyAttempts++;
        order.UpdatedAt = unit.Now;
        // It may have been rejected and submitted again since that try: then it is for people to approve.
        if (request.IsByEngine && order.NextApplyAt is not null)
        {
            order.NextApplyAt = await unit.ReadClockAsync().ConfigureAwait(false) + retry.PauseAfter(order.ApplyAttempts);
        }
    }

    private async Task TryRecordAsync(
        OperationContext context, Guid orderId, string? name, EventDetails? details, Func<UnitOfWork, WorkOrder, Task>? change = null)
    {
        try
        {
            await context.WriteAsync(
                Write.Once<bool>(
                    unit => RecordAsync(unit, orderId, name, details, change),
                    async (rows, _) => name is not null && await IsRecordedAsync(rows, orderId, name, context.OperationId).ConfigureAwait(false)),
                CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The caller must learn why the approval failed, not that the database could not be told.
        catch (Exception recording)
#pragma warning restore CA1031
        {
            log.ApplyFailureNotRecorded(recording, orderId);
        }
    }

    private static async Task<Ending<bool>> RecordAsync(
        UnitOfWork unit, Guid orderId, string? name, EventDetails? details, Func<UnitOfWork, WorkOrder, Task>? change)
    {
        var order = await unit.LockOrderAsync(orderId).ConfigureAwait(false);
        var isRecorded = name is not null && unit.Attempt.MayBeDone && await IsRecordedAsync(unit.Rows, orderId, name, unit.OperationId).ConfigureAwait(false);
        if (isRecorded)
        {
            return Ending.RollBack(true);
        }

        if (change is not null && !order.State.IsInReview())
        {
            // Somebody else has applied or closed it meanwhile.
            return Ending.RollBack(false);
        }

        // What the order applies has not changed.
        UnitOfWork.LeaveAsTheyWere([order]);

        if (name is not null)
        {
            unit.Audit.Record(name, order, details);
        }

        if (change is not null)
        {
            await change(unit, order).ConfigureAwait(false);
        }

        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit(true);
    }

    /// <summary>Whether a call has written an event of an order.</summary>
    public static Task<bool> IsRecordedAsync(WorkRows rows, Guid orderId, string name, Guid operationId) => rows.Events.AnyAsync(
        e => e.OrderId == orderId && e.OperationId == operationId && e.Event == name, CancellationToken.None);
}
