namespace WorkManager;

/// <summary>Reads orders, detached. Inside a transaction of the host's context it reads what that transaction sees.</summary>
public interface IWorkOrderRepository
{
    /// <summary>Reads one order.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="include">What to read with it.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The order; null if there is none.</returns>
    Task<WorkOrder?> FindAsync(Guid orderId, OrderParts include = OrderParts.None, CancellationToken cancellationToken = default);

    /// <summary>Reads a page of orders, newest first: by state, type and requester.</summary>
    /// <param name="query">Filters and page.</param>
    /// <param name="include">What to read with each order.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The page.</returns>
    /// <exception cref="InvalidQueryException">The page size is out of range, or the cursor was not issued here.</exception>
    Task<WorkPage<WorkOrder>> ListAsync(OrderQuery query, OrderParts include = OrderParts.None, CancellationToken cancellationToken = default);
}
