using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Persistence;

namespace WorkManager.Reviewing;

/// <summary>Refuses an order.</summary>
internal sealed class RejectOrder(IdGenerator ids) : IVerb<RejectRequest, WorkOrder>
{
    public Operation Operation { get; } = new("reject", JoinRule.Joins);

    public async Task<WorkOrder> ExecuteAsync(OperationContext context, RejectRequest request, CancellationToken cancellationToken)
    {
        var reasons = Reasons.Check(request.Reasons);
        var decisionId = ids.Next();
        var closed = await context.WriteAsync(
            Write.Once<WorkOrder>(async unit =>
            {
                var order = await unit.LockOrderAsync(request.OrderId).ConfigureAwait(false);
                context.JoinTraceOf(order.TraceParent);
                return Ending.Commit(await OrderClosing.CloseAsync(unit, order, decisionId, new Closing(
                    "reject", "Order rejected", new JsonObject { ["reasons"] = reasons.DeepClone(), ["allow_rework"] = false }, reasons))
                    .ConfigureAwait(false));
            },
            (rows, _) => rows.Decisions.AnyAsync(d => d.Id == decisionId, CancellationToken.None)),
            cancellationToken).ConfigureAwait(false);
        context.Tell(new OrderClosed(closed.Id, closed.TenantId));
        return closed;
    }
}
