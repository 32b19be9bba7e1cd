using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Execution;

/// <summary>What the kernel needs that databases do differently. Verbs have SQL interfaces of their own.</summary>
internal interface IStoreDialect
{
    /// <summary>Interceptors for connections that the engine opens itself.</summary>
    IReadOnlyList<IInterceptor> EngineInterceptors { get; }

    /// <summary>Whether the database has a clock of its own. SQLite has none: it lives in the process.</summary>
    bool HasClock { get; }

    /// <summary>The name of the database among those with one writer at a time; null where writers do not wait for each other.</summary>
    string? WriterGateOf(DbContext db);

    /// <summary>Whether a statement can be a transaction of its own: without begin and commit, and at READ COMMITTED all the same.</summary>
    bool StatementsStandAlone(WorkManagerDbContext db);

    /// <summary>Whether the database took a transaction back because others were in its way.</summary>
    bool MayRunAgain(Exception failure);

    /// <summary>The time that decides leases: the application's, unless the database's own clock does.</summary>
    Task<DateTimeOffset> ReadClockAsync(WorkManagerDbContext db, ClockSource source, DateTimeOffset now);

    /// <summary>Locks an order by writing it, and returns it tracked; null if there is none.</summary>
    Task<WorkOrder?> LockOrderAsync(UnitOfWork unit, Guid orderId);

    /// <summary>Locks the orders of items by writing them, in the order of their ids, and returns them tracked.</summary>
    Task<IReadOnlyList<WorkOrder>> LockOrdersOfItemsAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds);

    /// <summary>Locks those of the orders that nobody else holds, and returns them tracked.</summary>
    Task<IReadOnlyList<WorkOrder>> TryLockOrdersAsync(UnitOfWork unit, IReadOnlyCollection<Guid> orderIds);

    /// <summary>Locks those of the items on which the caller holds a live lease, and returns them tracked.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="leases">The leases, each once.</param>
    /// <param name="waits">Whether to wait for items that others have locked; else they are skipped.</param>
    Task<IReadOnlyList<WorkItem>> LockHeldItemsAsync(UnitOfWork unit, IReadOnlyList<LeaseToken> leases, bool waits);

    /// <summary>Locks the items of an order that agents hold, and returns them tracked. The order must be locked.</summary>
    Task<IReadOnlyList<WorkItem>> LockHeldItemsOfAsync(UnitOfWork unit, Guid orderId);

    /// <summary>Writes what a unit changed.</summary>
    Task WriteAsync(WorkManagerDbContext db, IReadOnlyList<TableChange> changes);

    /// <summary>Adds those rows that are not there yet, and returns them.</summary>
    Task<IReadOnlyList<object>> InsertIfAbsentAsync(WorkManagerDbContext db, TableChange change);

    /// <summary>The columns that exist, as <c>table.column</c>.</summary>
    Task<IReadOnlySet<string>> ReadColumnsAsync(WorkManagerDbContext db);

    /// <summary>Refuses a database that would lose data, naming what to change.</summary>
    Task EnsureSafeAsync(WorkManagerDbContext db);
}
