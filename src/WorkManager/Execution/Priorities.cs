using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Errors;

namespace WorkManager.Execution;

/// <summary>The priority of an order: its range, and its change, which is that of its items, too.</summary>
internal static class Priorities
{
    /// <exception cref="WorkValidationException">It is not 0 to 100.</exception>
    public static void Ensure(int? priority)
    {
        if (priority is < 0 or > 100)
        {
            throw WorkValidationException.Argument("priority", ValidationCodes.OutOfRange, "The priority must be 0 to 100.");
        }
    }

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
