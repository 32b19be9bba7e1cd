using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Orders;

namespace WorkManager.Execution;

/// <summary>The orders that wait for others.</summary>
/// <remarks>
/// A dependency without <see cref="WorkOrderDependency.MetAt"/> counts once in <see cref="WorkOrder.BlockedBy"/>. While there are any, each open item of the
/// order has one more in <see cref="WorkItem.BlockedBy"/>.
/// </remarks>
internal static class OrderDependencies
{
    /// <summary>Lets a locked order go on whose dependencies are completed, or does what its order type says if one has come to nothing.</summary>
    /// <param name="unit">The transaction. The orders that it waits for need not be locked: those that are closed are looked at.</param>
    /// <param name="order">The order.</param>
    /// <returns>Whether anything was done.</returns>
    public static async Task<bool> SettleAsync(UnitOfWork unit, WorkOrder order)
    {
        var waits = await unit.Rows.OrderDependencies.Where(d => d.Id == order.Id && d.MetAt == null).OrderBy(d => d.DependsOnId)
            .ToListAsync().ConfigureAwait(false);
        var states = await StatesAsync(unit, waits.ConvertAll(d => d.DependsOnId)).ConfigureAwait(false);
        var met = waits.FindAll(d => IsMet(states[d.DependsOnId], order.DependencyFailure));
        if (met.Count > 0)
        {
            await MeetAsync(unit, order, met).ConfigureAwait(false);
        }

        var vain = order.DependencyFailure == DependencyFailure.Fail && order.State.IsLive() ? waits.Find(d => states[d.DependsOnId].IsInVain()) : null;
        if (vain is not null)
        {
            await FailAsync(unit, order, vain.DependsOnId, states[vain.DependsOnId]).ConfigureAwait(false);
        }

        return met.Count > 0 || vain is not null;
    }

    /// <summary>Refuses to let a locked order go on that would fail again.</summary>
    /// <exception cref="WorkManagerException">It waits for an order that has come to nothing (<c>dependency_failed</c>).</exception>
    public static async Task EnsureNoneIsInVainAsync(UnitOfWork unit, WorkOrder order)
    {
        if (order.BlockedBy == 0 || order.DependencyFailure != DependencyFailure.Fail)
        {
            return;
        }

        var ids = await unit.Rows.OrderDependencies.Where(d => d.Id == order.Id && d.MetAt == null).Select(d => d.DependsOnId).ToListAsync()
            .ConfigureAwait(false);
        foreach (var (id, state) in (await StatesAsync(unit, ids).ConfigureAwait(false)).Where(s => s.Value.IsInVain()))
        {
            throw CameToNothing(id, state);
        }
    }

    /// <summary>Whether an order does not wait any more for another one.</summary>
    /// <param name="other">The state of the other one.</param>
    /// <param name="rule">What becomes of the order if the other one comes to nothing.</param>
    public static bool IsMet(OrderState other, DependencyFailure rule) =>
        other == OrderState.Completed || (other.IsInVain() && rule == DependencyFailure.GoOn);

    /// <summary>Says that an order cannot wait for another.</summary>
    public static WorkManagerException CameToNothing(Guid id, OrderState state) =>
        new(WorkErrorCodes.DependencyFailed, $"The order {id}, for which this one waits, {(state == OrderState.Rejected ? "was rejected" : "was given up")}.");

    private static Task<Dictionary<Guid, OrderState>> StatesAsync(UnitOfWork unit, List<Guid> ids) =>
        unit.Rows.Orders.Where(o => ids.Contains(o.Id)).Select(o => new { o.Id, o.State }).ToDictionaryAsync(o => o.Id, o => o.State);

    private static async Task MeetAsync(UnitOfWork unit, WorkOrder order, List<WorkOrderDependency> met)
    {
        met.ForEach(d => d.MetAt = unit.Now);
        order.BlockedBy -= met.Count;
        order.UpdatedAt = unit.Now;
        unit.Audit.Record(
            WorkEventNames.DependencyMet, order,
            new(new JsonObject { ["after"] = new JsonArray([.. met.Select(d => JsonValue.Create(d.DependsOnId))]) }, Actor: Lifecycle.Engine));
        if (order.BlockedBy == 0)
        {
            await OpenItems.PutBackAsync(unit, order, await unit.ReadClockAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    // Nobody has begun it: its items wait. They are taken out of the queue, and put back when the order is retried.
    private static async Task FailAsync(UnitOfWork unit, WorkOrder order, Guid cause, OrderState state)
    {
        await OpenItems.TakeOutAsync(unit, order, "Lease revoked: the order has failed", Lifecycle.Engine).ConfigureAwait(false);
        var failure = CameToNothing(cause, state);
        var error = new JsonObject { ["code"] = failure.Code, ["message"] = failure.Message, ["details"] = new JsonObject { ["order_id"] = cause } };
        order.Error = error.ToJsonString(JsonSerializerOptions.Web);
        unit.Lifecycle.Move(order, OrderState.Failed, new EventDetails(new JsonObject { ["error"] = error }, Actor: Lifecycle.Engine));
    }
}
