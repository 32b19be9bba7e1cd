namespace WorkManager;

/// <summary>Reads the audit trail. Inside a transaction of the host's context it reads what that transaction sees.</summary>
public interface IWorkEventRepository
{
    /// <summary>Reads a page of the events of an order and its items, oldest first. Those that were committed while pages were read come last.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="limit">How many, 1 to 500.</param>
    /// <param name="after">Where to go on: <see cref="WorkPage{T}.Next"/> of the page before.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The page.</returns>
    /// <exception cref="InvalidQueryException">The limit is out of range, or the cursor was not issued here.</exception>
    Task<WorkPage<WorkEvent>> ListByOrderAsync(Guid orderId, int limit = 100, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a page of the events of an item, oldest first. Those that were committed while pages were read come last.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="limit">How many, 1 to 500.</param>
    /// <param name="after">Where to go on: <see cref="WorkPage{T}.Next"/> of the page before.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The page.</returns>
    /// <exception cref="InvalidQueryException">The limit is out of range, or the cursor was not issued here.</exception>
    Task<WorkPage<WorkEvent>> ListByItemAsync(Guid itemId, int limit = 100, string? after = null, CancellationToken cancellationToken = default);
}
