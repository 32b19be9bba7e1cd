using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>The SQL of leasing.</summary>
/// <remarks>
/// <para>
/// A lease is (item, epoch, agent). A grant raises the epoch by one, in the same statement that checks that the item is ready: no item is held twice.
/// A claim never reads the order. Reject and cancel take the items of their order out of the queue, in the transaction that closes the order.
/// </para>
/// <para>
/// A claim waits for no lock: it skips items and orders that another transaction has locked. A skipped order keeps the state that it had; the next
/// transaction that locks it corrects the state.
/// </para>
/// </remarks>
internal interface ILeasingSql
{
    /// <summary>Leases items, writes their <c>leased</c> events, and marks their orders checked out; returns the items detached, unsorted.</summary>
    Task<IReadOnlyList<WorkItem>> ClaimAsync(UnitOfWork unit, Claim claim);

    /// <summary>Locks limits on live leases by their names until the transaction ends.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="names">The names, in the order in which all transactions wait for them.</param>
    /// <param name="waits">Whether to wait for limits that others have locked; else they are passed over.</param>
    /// <returns>The names of those that are locked now. Statements after this one see what earlier holders have leased.</returns>
    Task<IReadOnlyList<string>> LockLimitsAsync(UnitOfWork unit, IReadOnlyList<string> names, bool waits);

    /// <summary>Counts the live leases of an agent.</summary>
    /// <param name="rows">The database.</param>
    /// <param name="clock">The clock that decides leases.</param>
    /// <param name="holder">The agent.</param>
    /// <param name="tenantId">Only in this tenant; null for all.</param>
    Task<int> CountLeasesAsync(WorkRows rows, WorkClock clock, string holder, string? tenantId);

    /// <summary>Counts the live leases of tenants, by order type. Where there is none, there is no row.</summary>
    /// <param name="rows">The database.</param>
    /// <param name="clock">The clock that decides leases.</param>
    /// <param name="tenants">The tenants.</param>
    /// <param name="types">Only of these order types; null for all.</param>
    Task<IReadOnlyList<LiveLeases>> CountLeasesAsync(WorkRows rows, WorkClock clock, IReadOnlyList<string> tenants, IReadOnlyList<string>? types);

    /// <summary>Finds the tenants that have ready items of some order types, in the order of their ids.</summary>
    /// <param name="db">The database.</param>
    /// <param name="after">Only tenants after this one; null for the first ones.</param>
    /// <param name="types">The order types, at least one.</param>
    /// <param name="limit">How many tenants at most.</param>
    Task<IReadOnlyList<string>> FindTenantsAsync(WorkManagerDbContext db, string? after, IReadOnlyList<string> types, int limit);

    /// <summary>Makes items ready whose time has come; returns how many.</summary>
    Task<int> PromoteDueAsync(UnitOfWork unit, QueueFilter filter, int limit);

    /// <summary>Reads items whose lease has run out, detached and without locking them, the longest overdue first.</summary>
    /// <param name="rows">The database, and the tenant.</param>
    /// <param name="clock">The clock that decides leases.</param>
    /// <param name="filter">Which items.</param>
    /// <param name="after">Only those after this one; null for the first ones.</param>
    /// <param name="limit">How many at most.</param>
    Task<IReadOnlyList<WorkItem>> FindExpiredAsync(WorkRows rows, WorkClock clock, QueueFilter filter, WorkItem? after, int limit);

    /// <summary>Locks those of the items whose lease has still run out, and returns them tracked.</summary>
    Task<IReadOnlyList<WorkItem>> LockExpiredAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds);

    /// <summary>
    /// Extends those of the leases that the caller holds. A first beat begins the work: it writes the events, and marks the order in progress.
    /// </summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="beats">The leases, each once, with their progress.</param>
    /// <param name="waits">Whether to wait for items that others have locked; else they are skipped.</param>
    /// <param name="records">Whether beats after the first leave an event, too.</param>
    Task<IReadOnlyList<Beat>> BeatAsync(UnitOfWork unit, IReadOnlyList<BeatRequest> beats, bool waits, bool records);
}
