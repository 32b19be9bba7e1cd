using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Execution;

/// <summary>The parts of the kernel that differ between databases. SQL for a feature is in the feature's own interface.</summary>
internal interface IStoreDialect
{
    /// <summary>Interceptors for connections that the engine opens itself.</summary>
    IReadOnlyList<IInterceptor> EngineInterceptors { get; }

    /// <summary>Whether the database has its own clock. SQLite has none, because it runs in the application's process.</summary>
    bool HasClock { get; }

    /// <summary>
    /// What stands for the database when writers of this process take turns: its name or its only connection. Null if several may write at the same time.
    /// </summary>
    object? WriterGateOf(DbContext db);

    /// <summary>Whether the database of a context is in the memory of its connection, so that no other connection can reach it.</summary>
    bool IsPrivate(DbContext db);

    /// <summary>A host's settings of the provider, for contexts that <see cref="Connect"/> gives a connection, or that get one of the host's.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="connection">The connection of the host's context.</param>
    RelationalOptionsExtension WithoutConnection(RelationalOptionsExtension settings, DbConnection connection);

    /// <summary>Gives a context a connection of its own to the database of a host's context, from the same pool.</summary>
    /// <param name="engine">The context. It may have been used before, on another database.</param>
    /// <param name="host">The database of the host's context, whose connection was made by EF Core.</param>
    void Connect(WorkManagerDbContext engine, DatabaseFacade host);

    /// <summary>Asks the database where the tables of a host are: two answers are the same if the tables are.</summary>
    /// <param name="db">A context on the database.</param>
    /// <param name="host">The model of the host's tables.</param>
    Task<string> ReadPlaceAsync(WorkManagerDbContext db, IModel host);

    /// <summary>The isolation level of a transaction that only reads, and sees the database as it was at its first statement.</summary>
    IsolationLevel OneMoment { get; }

    /// <summary>Whether a statement without BEGIN and COMMIT runs as its own transaction at READ COMMITTED.</summary>
    bool StatementsStandAlone(WorkManagerDbContext db);

    /// <summary>Whether the failure means that the database rolled the transaction back because of a conflict with others, so that it may run again.</summary>
    bool MayRunAgain(Exception failure);

    /// <summary>Whether the failure comes from what others did at the same moment, so that the same call may succeed later.</summary>
    bool IsConflict(Exception failure);

    /// <summary>Whether the database refused what was to be stored: by a constraint, or by a trigger of the host's.</summary>
    bool RefusesToStore(Exception failure);

    /// <summary>The time that decides leases: the database's clock if it has one and <paramref name="source"/> says so, else <paramref name="now"/>.</summary>
    Task<DateTimeOffset> ReadClockAsync(WorkManagerDbContext db, ClockSource source, DateTimeOffset now);

    /// <summary>Locks an order by writing it, and returns it tracked; null if there is none.</summary>
    Task<WorkOrder?> LockOrderAsync(UnitOfWork unit, Guid orderId);

    /// <summary>Locks an order by writing it, and then reads its items in the order of their ids, all tracked. The order is null if there is none.</summary>
    Task<(WorkOrder? Order, IReadOnlyList<WorkItem> Items)> LockOrderWithItemsAsync(UnitOfWork unit, Guid orderId);

    /// <summary>Locks the orders of items by writing them, in the order of their ids, and returns them tracked.</summary>
    Task<IReadOnlyList<WorkOrder>> LockOrdersOfItemsAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds);

    /// <summary>Locks those of the orders that no other transaction has locked, and returns them tracked.</summary>
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

    /// <summary>Writes what a unit changed, which closes an order, and tells whether others may wait for the order.</summary>
    /// <returns>False if none does, and none can begin to before the transaction ends.</returns>
    Task<bool> WriteClosingAsync(UnitOfWork unit, IReadOnlyList<TableChange> changes, Guid orderId);

    /// <summary>Inserts the rows that do not exist yet, and returns them.</summary>
    Task<IReadOnlyList<object>> InsertIfAbsentAsync(WorkManagerDbContext db, TableChange change);

    /// <summary>Checks now what the database would check at the commit, as far as it can: in PostgreSQL deferred constraints and constraint triggers.</summary>
    Task CheckDeferredConstraintsAsync(UnitOfWork unit);

    /// <summary>The columns that exist, as <c>table.column</c>.</summary>
    Task<IReadOnlySet<string>> ReadColumnsAsync(WorkManagerDbContext db);

    /// <summary>Throws if the database is too old, or set up in a way that could lose data or break WorkManager. The message says what to change.</summary>
    Task EnsureSafeAsync(WorkManagerDbContext db);
}
