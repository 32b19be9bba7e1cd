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
        context.JoinTraceOf(null);
        var original = await FindAsync(context, request, cancellationToken).ConfigureAwait(false) ?? throw WorkNotFoundException.Order(request.OrderId);
        return (await CloneAsync(
            context, original, request,
            async (unit, _) =>
            {
                // So whoever selects it at the same time sees the clone, or is seen.
                UnitOfWork.LeaveAsTheyWere([await unit.LockOrderAsync(original.Id).ConfigureAwait(false)]);
                return true;
            },
            cancellationToken).ConfigureAwait(false))!;
    }

    public void Check(CloneRequest request) => Priorities.Ensure(request.Priority);

    /// <summary>Clones an order that has no clone yet: whoever selects it next, or at the same time, does not clone it again.</summary>
    public async Task<bool> TryAsync(OperationContext context, CloneRequest request, Func<WorkOrder, bool> isMeant, CancellationToken cancellationToken)
    {
        context.JoinTraceOf(null);
        var original = await FindAsync(context, request, cancellationToken).ConfigureAwait(false);
        return original is not null && isMeant(original)
            && await CloneAsync(
                context, original, request,
                async (unit, cloneId) =>
                {
                    UnitOfWork.LeaveAsTheyWere([await unit.TryLockOrderAsync(original.Id).ConfigureAwait(false)]);
                    // If an attempt of this call without an answer has stored the clone, that is found when it cannot be stored again.
                    var clones = await unit.Rows.Clones.Where(o => o.ParentOrderId == original.Id).Select(o => o.Id).ToListAsync().ConfigureAwait(false);
                    return clones.Count == 0 || clones.Contains(cloneId);
                },
                cancellationToken).ConfigureAwait(false) is not null;
    }

    private static Task<WorkOrder?> FindAsync(OperationContext context, CloneRequest request, CancellationToken cancellationToken) => context.ReadAsync(
        rows => rows.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.Id == request.OrderId, cancellationToken), cancellationToken);

    /// <summary>Plans the clone and stores it.</summary>
    /// <param name="context">The operation.</param>
    /// <param name="original">The order that was given up.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="lockAsync">Locks the order, and says whether a clone with this id may be stored.</param>
    /// <param name="cancellationToken">Cancels planning, and waiting for the transaction.</param>
    /// <returns>The clone; null if it may not be stored.</returns>
    private async Task<WorkOrder?> CloneAsync(
        OperationContext context, WorkOrder original, CloneRequest request, Func<UnitOfWork, Guid, Task<bool>> lockAsync, CancellationToken cancellationToken)
    {
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
        var stored = await orders.StoreAsync(ofItsTenant, [plan], cancellationToken, unit => lockAsync(unit, plan.Value.OrderId)).ConfigureAwait(false);
        return stored.SingleOrDefault()?.Value;
    }
}
