using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>Changes the priority of an order, and with it that of its items.</summary>
internal static class Priorities
{
    /// <summary>Of an order that is locked.</summary>
    public static Task ChangeAsync(UnitOfWork unit, WorkOrder order, short priority)
    {
        Change(unit, order, priority);
        return unit.Rows.Items.Where(i => i.OrderId == order.Id && i.Priority != priority)
            .ExecuteUpdateAsync(items => unit.Queue.Prioritize(items, priority));
    }

    /// <summary>Of an order that this transaction has stored with its items. The next save writes it.</summary>
    public static void ChangeStored(UnitOfWork unit, WorkOrder order, short priority)
    {
        Change(unit, order, priority);
        order.ItemList.ForEach(i => i.Priority = priority);
    }

    private static void Change(UnitOfWork unit, WorkOrder order, short priority)
    {
        unit.Audit.Record(
            WorkEventNames.Rescheduled, order, new(new JsonObject { ["priority"] = priority, ["previous_priority"] = order.Priority }));
        order.Priority = priority;
        order.UpdatedAt = unit.Now;
    }
}
