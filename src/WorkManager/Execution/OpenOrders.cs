using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>The open orders with a unique key.</summary>
internal static class OpenOrders
{
    /// <summary>The open orders of a tenant that have one of some keys, by type and key, detached and without their items.</summary>
    public static async Task<Dictionary<(string Type, string Key), WorkOrder>> FindAsync(
        WorkRows rows, string tenantId, IReadOnlyCollection<(string Type, string Key)> keys)
    {
        var (types, names) = (keys.Select(k => k.Type).Distinct().ToList(), keys.Select(k => k.Key).Distinct().ToList());
        var found = await rows.Orders.AsNoTracking()
            .Where(o => o.TenantId == tenantId && types.Contains(o.Type) && names.Contains(o.UniqueKey!))
            // Written as the filter of the index is, or the database would not use it.
            .Where(o => o.State != OrderState.Completed && o.State != OrderState.Rejected && o.State != OrderState.DeadLettered)
            .ToListAsync().ConfigureAwait(false);
        return found.Where(o => keys.Contains((o.Type, o.UniqueKey!))).ToDictionary(o => (o.Type, o.UniqueKey!));
    }

    /// <summary>Says why the database refused to open an order again.</summary>
    /// <exception cref="AlreadyOpenException">Another order has its unique key.</exception>
    public static async Task EnsureKeyIsFreeAsync(OperationContext context, Guid orderId)
    {
        var order = await context.ReadAsync(rows => rows.Orders.Where(o => o.Id == orderId && o.UniqueKey != null)
            .Select(o => new { o.TenantId, o.Type, o.UniqueKey }).SingleOrDefaultAsync()).ConfigureAwait(false);
        if (order is null)
        {
            return;
        }

        var key = (order.Type, order.UniqueKey!);
        var open = await context.ReadAsync(rows => FindAsync(rows, order.TenantId, [key])).ConfigureAwait(false);
        if (open.TryGetValue(key, out var other) && other.Id != orderId)
        {
            throw new AlreadyOpenException(other.Id, key.Item2);
        }
    }
}
