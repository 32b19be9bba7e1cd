using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.OrderTypes.Json;
using WorkManager.Persistence;

namespace WorkManager.Reviewing;

/// <summary>Withdraws an order. It ends as rejected; its decision says that it was withdrawn.</summary>
internal sealed class CancelOrder(IdGenerator ids) : IVerb<CancelRequest, WorkOrder>
{
    public Operation Operation { get; } = new("cancel", JoinRule.Joins);

    public async Task<WorkOrder> ExecuteAsync(OperationContext context, CancelRequest request, CancellationToken cancellationToken)
    {
        StorableText.EnsureReason(request.Reason);
        var reasons = new JsonArray(new JsonObject { ["code"] = "cancelled", ["message"] = request.Reason });
        var decisionId = ids.Next();
        var closed = await context.WriteAsync(
            Write.Once<WorkOrder>(async unit =>
            {
                var order = await unit.LockOrderAsync(request.OrderId).ConfigureAwait(false);
                context.JoinTraceOf(order.TraceParent);
                return Ending.Commit(await OrderClosing.CloseAsync(unit, order, decisionId, new Closing(
                    "cancel", "Order cancelled", new JsonObject { ["cancelled"] = true, ["reason"] = request.Reason }, reasons)).ConfigureAwait(false));
            },
            (rows, _) => rows.Decisions.AnyAsync(d => d.Id == decisionId, CancellationToken.None)),
            cancellationToken).ConfigureAwait(false);
        context.Tell(new OrderClosed(closed.Id, closed.TenantId));
        return closed;
    }
}
