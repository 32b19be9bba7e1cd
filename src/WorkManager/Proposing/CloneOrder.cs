using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.Selecting;

namespace WorkManager.Proposing;

/// <summary>Proposes what an order that was given up had asked for once more, as a new order.</summary>
internal sealed class CloneOrder(OrderPlanner planner, NewOrders orders, OrderTypeRegistry types) : IVerb<CloneRequest, WorkOrder>, IOrderAction<CloneRequest>
{
    public Operation Operation { get; } = new("clone", JoinRule.Joins);

    public async Task<WorkOrder> ExecuteAsync(OperationContext context, CloneRequest request, CancellationToken cancellationToken)
    {
        var original = await FindAsync(context, request, cancellationToken).ConfigureAwait(false) ?? throw WorkNotFoundException.Order(request.OrderId);
        return (await CloneAsync(context, original, request, again: true, cancellationToken).ConfigureAwait(false))!;
    }

    public void Check(CloneRequest request) => Priorities.Ensure(request.Priority);

    /// <summary>Clones an order that has no clone yet: whoever selects it next, or at the same time, does not clone it again.</summary>
    public async Task<bool> TryAsync(OperationContext context, CloneRequest request, Func<WorkOrder, bool> isMeant, CancellationToken cancellationToken)
    {
        var original = await FindAsync(context, request, cancellationToken).ConfigureAwait(false);
        return original is not null && isMeant(original)
            && await CloneAsync(context, original, request, again: false, cancellationToken).ConfigureAwait(false) is not null;
    }

    private static Task<WorkOrder?> FindAsync(OperationContext context, CloneRequest request, CancellationToken cancellationToken) => context.ReadAsync(
        rows => rows.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.Id == request.OrderId, cancellationToken), cancellationToken);

    // Others who clone it wait for the lock or pass the order over, and see the clone later. One that an unanswered attempt of this call has stored is its own.
    private static async Task<bool> HasNoOtherAsync(UnitOfWork unit, Guid orderId, Guid cloneId)
    {
        UnitOfWork.LeaveAsTheyWere([await unit.TryLockOrderAsync(orderId).ConfigureAwait(false)]);
        return !await unit.Rows.Orders.AnyAsync(o => o.ParentOrderId == orderId && o.Id != cloneId, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<WorkOrder?> CloneAsync(
        OperationContext context, WorkOrder original, CloneRequest request, bool again, CancellationToken cancellationToken)
    {
        context.JoinTraceOf(null);
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
        var stored = await orders.StoreAsync(
            ofItsTenant, [plan], cancellationToken, again ? null : unit => HasNoOtherAsync(unit, original.Id, plan.Value.OrderId)).ConfigureAwait(false);
        return stored.SingleOrDefault()?.Value;
    }
}
