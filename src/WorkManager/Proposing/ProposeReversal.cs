using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Json;
using WorkManager.Persistence;
using WorkManager.Reversals;

namespace WorkManager.Proposing;

/// <summary>Proposes to put back what a completed order has changed, as a new order that waits for its reviewers at once.</summary>
/// <remarks>Its one item is nobody's work. The engine takes it and submits it in the name of the actor, in the transaction that stores the order.</remarks>
internal sealed class ProposeReversal(NewOrders orders, OrderTypeRegistry types, JsonDocuments documents, IdGenerator ids, StoreDialects dialects)
    : IVerb<ReversalRequest, WorkOrder>
{
    public Operation Operation { get; } = new("propose_reversal", JoinRule.Refuses);

    public async Task<WorkOrder> ExecuteAsync(OperationContext context, ReversalRequest request, CancellationToken cancellationToken)
    {
        StorableText.EnsureReason(request.Comment);
        context.JoinTraceOf(null);
        var original = await context.ReadAsync(
            rows => rows.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.Id == request.OrderId, cancellationToken),
            cancellationToken).ConfigureAwait(false) ?? throw WorkNotFoundException.Order(request.OrderId);
        DecisionRules.EnsureMayDecide(original, context.Actor, "reverse");
        if (original.State != OrderState.Completed)
        {
            throw Transitions.Illegal(original, "reversed");
        }

        var type = types.Find(types.Get(original.Type).ReversalKey)
            ?? throw KeptChanges.Refusal(original.Id, $"Orders of the type '{original.Type}' are not reversible.");
        var ofItsTenant = context.For(TenantScope.Of(original.TenantId));
        var rows = await FindRowsAsync(ofItsTenant, original, cancellationToken).ConfigureAwait(false);
        await ofItsTenant.WriteWithHostAsync(
            Write.Trial(async hosted =>
            {
                await new Reversal(hosted.Host, dialects.Sql<IReversalSql>(hosted.Host), original.Id, rows)
                    .EnsureIsPossibleAsync(locks: false, cancellationToken).ConfigureAwait(false);
                return true;
            }),
            cancellationToken).ConfigureAwait(false);

        var result = documents.Check("result", new ReversalResult(rows.Count), type.ResultType);
        var stored = await orders.StoreAsync(
            ofItsTenant, [new(Plan(type, original, request))], cancellationToken, andThen: (unit, order) => Submit(unit, order, type, result))
            .ConfigureAwait(false);
        return stored[0].Value;
    }

    private static async Task<IReadOnlyList<ReversibleRow>> FindRowsAsync(OperationContext context, WorkOrder original, CancellationToken cancellationToken)
    {
        var json = await context.ReadAsync(rows => AppliedOrders.KeptChangesOf(rows, original.Id).FirstOrDefaultAsync(cancellationToken), cancellationToken)
            .ConfigureAwait(false) ?? throw KeptChanges.Refusal(original.Id, "It was applied when its type was not reversible.");
        var kept = KeptChanges.Parse(json);
        return kept.Obstacle is { } obstacle ? throw KeptChanges.Refusal(original.Id, obstacle)
            : kept.Rows.Count == 0 ? throw KeptChanges.Refusal(original.Id, "It has changed nothing.") : kept.Rows;
    }

    private OrderPlan Plan(OrderTypeDescriptor type, WorkOrder original, ReversalRequest request)
    {
        var payload = documents.Check("payload", new ReversalPayload(original.Id, request.Comment), type.PayloadType);
        // One open reversal of each order.
        var options = new ProposeOptions { Priority = original.Priority, UniqueKey = original.Id.ToString() };
        var item = new PlannedItem<ReversalPayload>((ReversalPayload)payload.Value);
        return new OrderPlan(
            ids.Next(), new ProposeRequest(type, new IncomingDocument(default), options, original.Id), payload, null, new HookAnswers([item], false, null),
            [(item, payload)], []);
    }

    private static void Submit(UnitOfWork unit, WorkOrder order, OrderTypeDescriptor type, CheckedDocument result)
    {
        const int seconds = 60;
        var item = order.ItemList.Single();
        unit.Queue.Grant([item], _ => seconds);
        (item.Result, item.ResultHash, item.ResultVersion) = (result.Text, result.Hash, type.Version);
        unit.Queue.Submit(order, item, new EventDetails(new JsonObject { ["result_hash"] = result.Hash }, "Nobody has to work on a reversal"));
        unit.Lifecycle.Settle(order);
    }
}
