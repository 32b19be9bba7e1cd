using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Proposing;

/// <summary>Proposes what an order that was given up had asked for once more, as a new order.</summary>
internal sealed class CloneOrder(OrderPlanner planner, NewOrders orders, OrderTypeRegistry types) : IVerb<CloneRequest, WorkOrder>
{
    public Operation Operation { get; } = new("clone", JoinRule.Joins);

    public async Task<WorkOrder> ExecuteAsync(OperationContext context, CloneRequest request, CancellationToken cancellationToken)
    {
        context.JoinTraceOf(null);
        var original = await context.ReadAsync(
            rows => rows.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.Id == request.OrderId, cancellationToken), cancellationToken).ConfigureAwait(false)
            ?? throw WorkNotFoundException.Order(request.OrderId);
        DecisionRules.EnsureMayDecide(original, context.Actor, "clone");
        if (original.State != OrderState.DeadLettered)
        {
            throw Transitions.Illegal(original, "cloned");
        }

        await context.EnsureHooksAreOnItsDatabaseAsync().ConfigureAwait(false);
        var meta = JsonNode.Parse(original.Meta ?? "{}")!.AsObject();
        meta["cloned_from"] = original.Id;
        var options = new ProposeOptions
        {
            Priority = request.Priority ?? original.Priority, Meta = meta, DueAt = original.DueAt, UniqueKey = original.UniqueKey,
        };
        var type = types.Get(original.Type);
        var ofItsTenant = context.For(TenantScope.Of(original.TenantId));
        var proposal = new ProposeRequest(type, planner.ReadPayload(ofItsTenant, original, type), options, original.Id);
        var plan = await planner.TryPlanAsync(ofItsTenant, proposal, cancellationToken).ConfigureAwait(false);
        return (await orders.StoreAsync(ofItsTenant, [plan], cancellationToken).ConfigureAwait(false))[0].Value;
    }
}
