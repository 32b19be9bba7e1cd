using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Orders;

namespace WorkManager.Proposing;

/// <summary>The orders that proposals name as those for which they wait.</summary>
internal sealed class NamedOrders(Dictionary<Guid, OrderState> states)
{
    /// <summary>Reads them. They are not locked: one that ends meanwhile is noticed after the commit.</summary>
    public static async Task<NamedOrders> FindAsync(UnitOfWork unit, IReadOnlyList<WorkOutcome<OrderPlan>> plans)
    {
        List<Guid> ids = [.. plans.Where(p => p.Succeeded).SelectMany(p => p.Value.Request.Options.After).Distinct()];
        return new(ids.Count == 0 ? [] : await unit.Rows.Orders.Where(o => ids.Contains(o.Id)).Select(o => new { o.Id, o.State })
            .ToDictionaryAsync(o => o.Id, o => o.State).ConfigureAwait(false));
    }

    /// <summary>Refuses a proposal that waits for an order that does not exist, or that has come to nothing.</summary>
    public WorkOutcome<OrderPlan> Check(WorkOutcome<OrderPlan> plan)
    {
        if (!plan.Succeeded)
        {
            return plan;
        }

        foreach (var id in plan.Value.Request.Options.After)
        {
            if (!states.TryGetValue(id, out var state))
            {
                return new(WorkNotFoundException.Order(id));
            }

            if (state.IsInVain() && plan.Value.Request.Type.DependencyFailure == DependencyFailure.Fail)
            {
                return new(OrderDependencies.CameToNothing(id, state));
            }
        }

        return plan;
    }

    /// <summary>The orders that a proposal names, each once, and whether it waits for it no more.</summary>
    public IReadOnlyList<(Guid Id, bool IsMet)> Of(OrderPlan plan) =>
    [
        .. plan.Request.Options.After.Distinct().Select(id => (id, OrderDependencies.IsMet(states[id], plan.Request.Type.DependencyFailure))),
    ];
}
