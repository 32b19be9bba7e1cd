using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>The open orders with a unique key.</summary>
internal static class OpenOrders
{
    /// <summary>The id of the open order with a key; null if there is none.</summary>
    public static Task<Guid?> FindAsync(WorkRows rows, string tenantId, string type, string uniqueKey) => rows.Orders
        .Where(o => o.TenantId == tenantId && o.Type == type && o.UniqueKey == uniqueKey)
        // In the words of the index.
        .Where(o => o.State != OrderState.Completed && o.State != OrderState.Rejected && o.State != OrderState.DeadLettered)
        .Select(o => (Guid?)o.Id)
        .SingleOrDefaultAsync();

    /// <summary>Says why the database refused to open an order again.</summary>
    /// <exception cref="AlreadyOpenException">Another order has its unique key.</exception>
    public static async Task EnsureKeyIsFreeAsync(OperationContext context, Guid orderId)
    {
        var order = await context.ReadAsync(rows => rows.Orders.Where(o => o.Id == orderId && o.UniqueKey != null)
            .Select(o => new { o.TenantId, o.Type, o.UniqueKey }).SingleOrDefaultAsync()).ConfigureAwait(false);
        if (order is not null
            && await context.ReadAsync(rows => FindAsync(rows, order.TenantId, order.Type, order.UniqueKey!)).ConfigureAwait(false) is { } other
            && other != orderId)
        {
            throw new AlreadyOpenException(other, order.UniqueKey!);
        }
    }
}
