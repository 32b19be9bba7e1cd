using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Auditing;

namespace WorkManager.Execution;

/// <summary>Records in the audit trail that somebody wanted to approve who may not, in a transaction of its own.</summary>
internal sealed class DeniedApprovals(ILogger<DeniedApprovals>? log = null)
{
    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public async Task RecordAsync(OperationContext context, ApprovalDeniedException denied)
    {
        // A call that fails leaves nothing behind in the transaction of its caller.
        if (context.Joined is not null)
        {
            return;
        }

        try
        {
            await context.WriteAsync(
                Write.Once<bool>(
                    unit => RecordAsync(unit, denied),
                    (rows, _) => IsRecordedAsync(rows, denied.OrderId, context.OperationId)),
                CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The caller must learn that it was refused, not that the database could not be told.
        catch (Exception recording)
#pragma warning restore CA1031
        {
            log.DenialNotRecorded(recording, denied.OrderId);
        }
    }

    private static async Task<Ending<bool>> RecordAsync(UnitOfWork unit, ApprovalDeniedException denied)
    {
        var order = await unit.LockOrderAsync(denied.OrderId).ConfigureAwait(false);
        if (unit.Attempt.MayBeDone && await IsRecordedAsync(unit.Rows, denied.OrderId, unit.OperationId).ConfigureAwait(false))
        {
            return Ending.RollBack(true);
        }

        // What the order applies has not changed.
        UnitOfWork.LeaveAsTheyWere([order]);
        unit.Audit.Record(
            WorkEventNames.ApprovalDenied, order,
            new EventDetails(new JsonObject { ["reason"] = StateNames.ToName(denied.Reason) }, "Approval refused; nothing was changed"));
        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit(true);
    }

    private static Task<bool> IsRecordedAsync(WorkRows rows, Guid orderId, Guid operationId) => rows.Events.AnyAsync(
        e => e.OrderId == orderId && e.OperationId == operationId && e.Event == WorkEventNames.ApprovalDenied, CancellationToken.None);
}
