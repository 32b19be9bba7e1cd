using System.Data;
using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Execution;

namespace WorkManager.Providers.Sqlite;

/// <summary>Locks, clock and catalog of SQLite.</summary>
/// <remarks>
/// Every transaction of the engine is an immediate one: it holds the lock of the only writer from its first statement on. So reading a row also locks it, and
/// no rows of <c>RETURNING</c> are lost because the commit finds the database busy.
/// </remarks>
internal sealed class SqliteDialect : IStoreDialect
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Constraint = 19;

    private static readonly Version FirstSafe = new(3, 51, 3);

    private static readonly Statement LockOrder = new("UPDATE [work_orders] SET revision = revision + 1 WHERE id = @id AND [tenant] RETURNING [work_orders.*]");

    private static readonly Statement LockOrderWithItems = new(
        $"""
        {LockOrder.Text};
        SELECT [i.*] FROM [work_items] AS i WHERE order_id = @id AND [tenant] ORDER BY id
        """);

    private static readonly Statement LockOrdersOfItems = new(
        """
        UPDATE [work_orders] SET revision = revision + 1
        WHERE id IN (SELECT order_id FROM [work_items] WHERE id IN (SELECT value FROM json_each(@ids))) AND [tenant]
        RETURNING [work_orders.*]
        """);

    private static readonly Statement LockOrders = new(
        "UPDATE [work_orders] SET revision = revision + 1 WHERE id IN (SELECT value FROM json_each(@ids)) AND [tenant] RETURNING [work_orders.*]");

    private static readonly Statement HeldItems = new(
        $"SELECT [i.*] FROM json_each(@leases) AS l CROSS JOIN [work_items] AS i WHERE {QueueSql.IsHeld("l.value ->> 0", "l.value ->> 1")}");

    private static readonly Statement HeldItemsOf = new(
        $"SELECT [i.*] FROM [work_items] AS i WHERE order_id = @id AND [tenant] AND {QueueSql.ByKey("state")} IN ('leased', 'in_progress') ORDER BY id");

    private static readonly Statement Awaited = new(
        "SELECT id FROM [work_order_dependencies] WHERE depends_on_id = @id AND met_at IS NULL LIMIT 1");

    private static readonly Statement Columns = new(
        """SELECT t.value || '.' || c.name FROM json_each(@tables) AS t JOIN pragma_table_info(t.value) AS c""");

    private static readonly Statement EngineVersion = new("SELECT sqlite_version()");

    private static readonly Statement MainFile = new("SELECT file FROM pragma_database_list WHERE name = 'main'");

    private static readonly Statement JournalMode = new("SELECT journal_mode FROM pragma_journal_mode");

    private readonly SqliteTableStatements tables = new();

    public IReadOnlyList<IInterceptor> EngineInterceptors { get; } = [new SqliteConnections()];

    public bool HasClock => false;

    /// <summary>The file, or the connection of a database that is in its memory.</summary>
    public object? WriterGateOf(DbContext db) =>
        db.Database.GetDbConnection() is var connection && IsPrivate(connection) ? connection : Path.GetFullPath(connection.DataSource);

    public bool IsPrivate(DbContext db) => IsPrivate(db.Database.GetDbConnection());

    private static bool IsPrivate(DbConnection connection) => connection.DataSource is "" or ":memory:";

    public RelationalOptionsExtension WithoutConnection(RelationalOptionsExtension settings, DbConnection connection) =>
        settings.Connection is null ? settings : settings.WithConnection(null);

    public void Connect(WorkManagerDbContext engine, DatabaseFacade host)
    {
        var text = host.GetConnectionString();
        if (engine.Database.GetConnectionString() != text)
        {
            engine.Database.SetConnectionString(text);
        }
    }

    // SQLite tells the whole path, without links on the way, whatever the connection string calls the file.
    public async Task<string> ReadPlaceAsync(WorkManagerDbContext db, IModel host)
    {
        var path = (await MainFile.ValuesAsync<string>(db).ConfigureAwait(false))[0];
        return OperatingSystem.IsWindows() ? path.ToUpperInvariant() : path;
    }

    // The driver begins any other transaction as a writer, which would wait for writers and keep them waiting. In a file that connections do not share in
    // one cache, this one reads a snapshot.
    public IsolationLevel OneMoment => IsolationLevel.ReadUncommitted;

    // Without a transaction, a statement with RETURNING can lose rows.
    public bool StatementsStandAlone(WorkManagerDbContext db) => false;

    // There is one writer at a time, so no two writers can wait for each other.
    public bool MayRunAgain(Exception failure) => false;

    // Another process writes for longer than the command's timeout.
    public bool IsConflict(Exception failure) => CodeOf(failure) is Busy or Locked || (failure.InnerException is { } inner && IsConflict(inner));

    public bool RefusesToStore(Exception failure) => CodeOf(failure) == Constraint || (failure.InnerException is { } inner && RefusesToStore(inner));

    // The package does not refer to the driver, whose exception has the code.
    private static int? CodeOf(Exception failure) =>
        failure is DbException ? failure.GetType().GetProperty("SqliteErrorCode")?.GetValue(failure) as int? : null;

    public Task WriteAsync(WorkManagerDbContext db, IReadOnlyList<TableChange> changes) => tables.WriteAsync(db, changes);

    // Nobody else writes before the transaction ends.
    public async Task<bool> WriteClosingAsync(UnitOfWork unit, IReadOnlyList<TableChange> changes, Guid orderId) =>
        await tables.WriteAsync(unit.Db, changes, Awaited.AtEndOfSave(unit, ("id", orderId))).ConfigureAwait(false) is not [null];

    public Task<IReadOnlyList<object>> InsertIfAbsentAsync(WorkManagerDbContext db, TableChange change) => tables.InsertIfAbsentAsync(db, change);

    // SQLite runs in the process, and has no clock of its own.
    public Task<DateTimeOffset> ReadClockAsync(WorkManagerDbContext db, ClockSource source, DateTimeOffset now) => Task.FromResult(now);

    public async Task<WorkOrder?> LockOrderAsync(UnitOfWork unit, Guid orderId) =>
        (await LockOrder.QueryAsync<WorkOrder>(unit, QueryTrackingBehavior.TrackAll, ("id", orderId)).ConfigureAwait(false)).SingleOrDefault();

    public async Task<(WorkOrder? Order, IReadOnlyList<WorkItem> Items)> LockOrderWithItemsAsync(UnitOfWork unit, Guid orderId)
    {
        var (orders, items) = await LockOrderWithItems.QueryBothAsync<WorkOrder, WorkItem>(unit, ("id", orderId)).ConfigureAwait(false);
        return (orders.SingleOrDefault(), items);
    }

    public Task<IReadOnlyList<WorkOrder>> LockOrdersOfItemsAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds) =>
        LockOrdersOfItems.QueryAsync<WorkOrder>(unit, QueryTrackingBehavior.TrackAll, ("ids", IdList(itemIds)));

    public Task<IReadOnlyList<WorkOrder>> TryLockOrdersAsync(UnitOfWork unit, IReadOnlyCollection<Guid> orderIds) =>
        LockOrders.QueryAsync<WorkOrder>(unit, QueryTrackingBehavior.TrackAll, ("ids", IdList(orderIds)));

    public Task<IReadOnlyList<WorkItem>> LockHeldItemsAsync(UnitOfWork unit, IReadOnlyList<LeaseToken> leases, bool waits) =>
        HeldItems.QueryAsync<WorkItem>(
            unit, QueryTrackingBehavior.TrackAll,
            ("leases", JsonSerializer.Serialize(leases.Select(l => new object[] { IdText(l.ItemId), l.Epoch }))), ("holder", unit.Actor.LeaseHolder));

    public Task<IReadOnlyList<WorkItem>> LockHeldItemsOfAsync(UnitOfWork unit, Guid orderId) =>
        HeldItemsOf.QueryAsync<WorkItem>(unit, QueryTrackingBehavior.TrackAll, ("id", orderId));

    // SQLite has no way to ask. Its deferred foreign keys are checked by the commit only.
    public Task CheckDeferredConstraintsAsync(UnitOfWork unit) => Task.CompletedTask;

    public async Task<IReadOnlySet<string>> ReadColumnsAsync(WorkManagerDbContext db)
    {
        var tables = JsonSerializer.Serialize(db.Model.GetEntityTypes().Select(e => e.GetTableName()).Distinct());
        return (await Columns.ValuesAsync<string>(db, ("tables", tables)).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
    }

    public async Task EnsureSafeAsync(WorkManagerDbContext db)
    {
        // As a setting, or as a parameter of a URI.
        var text = (db.Database.GetConnectionString() ?? "").Replace(" ", "", StringComparison.Ordinal);
        if (text.Contains("cache=shared", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException(
                "The SQLite connection string says Cache=Shared: connections then lock each other's tables without waiting. Leave it out.");
        }

        var version = (await EngineVersion.ValuesAsync<string>(db).ConfigureAwait(false))[0];
        if (Version.Parse(version) < FirstSafe)
        {
            throw new NotSupportedException(
                $"SQLite {version} can corrupt a database in WAL mode (fixed in {FirstSafe}). Reference a newer SQLitePCLRaw bundle.");
        }

        var mode = (await JournalMode.ValuesAsync<string>(db).ConfigureAwait(false))[0];
        if (mode is not ("wal" or "memory"))
        {
            throw new InvalidOperationException(
                $"The SQLite database is in journal mode '{mode}'. WorkManager needs WAL, or readers and writers block each other: "
                + "run 'PRAGMA journal_mode = WAL' once, it stays with the file.");
        }
    }

    /// <summary>An id as the provider stores it: upper-case text.</summary>
    internal static string IdText(Guid id) => id.ToString().ToUpperInvariant();

    internal static string IdList(IEnumerable<Guid> ids) => JsonSerializer.Serialize(ids.Select(IdText));
}
