namespace WorkManager;

/// <summary>Reads items, detached. Inside a transaction of the host's context it reads what that transaction sees.</summary>
public interface IWorkItemRepository
{
    /// <summary>Reads one item.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The item with its partial submissions; null if there is none.</returns>
    Task<WorkItem?> FindAsync(Guid itemId, CancellationToken cancellationToken = default);

    /// <summary>Reads the items that agents could claim now, in the order in which they are handed out; those of paused types are among them.</summary>
    /// <param name="type">Only of this order type; null for all.</param>
    /// <param name="limit">How many, 1 to 500.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The items.</returns>
    /// <exception cref="InvalidQueryException">The limit is out of range.</exception>
    Task<IReadOnlyList<WorkItem>> ListAvailableAsync(string? type = null, int limit = 50, CancellationToken cancellationToken = default);

    /// <summary>Reads a page of the items of an order, in the order of its plan.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="limit">How many, 1 to 500.</param>
    /// <param name="after">Where to go on: <see cref="WorkPage{T}.Next"/> of the page before.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The page.</returns>
    /// <exception cref="InvalidQueryException">The limit is out of range, or the cursor was not issued here.</exception>
    Task<WorkPage<WorkItem>> ListByOrderAsync(Guid orderId, int limit = 100, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>Reads items whose lease has run out and was not taken back yet, the longest overdue first.</summary>
    /// <param name="limit">How many, 1 to 500.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The items.</returns>
    /// <exception cref="InvalidQueryException">The limit is out of range.</exception>
    Task<IReadOnlyList<WorkItem>> ListExpiredAsync(int limit = 50, CancellationToken cancellationToken = default);
}
