using System.Data;
using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Locks, clock and catalog of PostgreSQL.</summary>
/// <remarks><c>FOR NO KEY UPDATE</c> throughout: <c>FOR UPDATE</c> would make inserts of events wait, whose foreign key only needs the row to stay.</remarks>
internal sealed class PostgreSqlDialect(PostgreSqlOptions options, ILogger<PostgreSqlDialect>? log = null) : IStoreDialect
{
    private const int FirstSupported = 15;
    private const string SerializationFailure = "40001";
    private const string DeadlockDetected = "40P01";

    private static readonly Statement Clock = new("SELECT clock_timestamp()");

    private static readonly Statement LockOrder = new("UPDATE [work_orders] AS o SET revision = revision + 1 WHERE id = @id AND [tenant] RETURNING [o.*]");

    /// <summary>The items are a statement of their own: at READ COMMITTED it sees what was committed while the lock was waited for.</summary>
    private static readonly Statement LockOrderWithItems = new(
        $"""
        {LockOrder.Text};
        SELECT [i.*] FROM [work_items] AS i WHERE order_id = @id AND [tenant] ORDER BY id
        """);

    /// <summary>Locks the orders of items in the order of their ids. The next statement writes them.</summary>
    private static readonly Statement LockOrderOfItem = new(
        """
        UPDATE [work_orders] AS o SET revision = revision + 1 WHERE id = (SELECT order_id FROM [work_items] WHERE id = (@ids)[1]) AND [tenant]
        RETURNING [o.*]
        """);

    private static readonly Statement LockOrdersOfItems = new(
        """
        UPDATE [work_orders] AS o SET revision = revision + 1 WHERE id IN (SELECT order_id FROM [work_items] WHERE id = ANY(@ids)) AND [tenant]
        RETURNING [o.*]
        """);

    private static readonly Statement TryLockOrders = new(
        """
        WITH free AS MATERIALIZED (SELECT id FROM [work_orders] WHERE id = ANY(@ids) AND [tenant] ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE [work_orders] AS o SET revision = revision + 1 FROM free WHERE o.id = free.id
        RETURNING [o.*]
        """);

    private static readonly ArrayStatements LockHeldItems = new(LockHeld);

    private static readonly Statement LockHeldItemsOf = new(
        $"""
        SELECT [i.*] FROM [work_items] AS i WHERE order_id = @id AND [tenant] AND {QueueSql.ByKey("state")} IN ('leased', 'in_progress')
        ORDER BY id FOR NO KEY UPDATE
        """);

    // Columns that were dropped are there, too, under names that no column has.
    private static readonly Statement Columns = new(
        """
        SELECT c.relname || '.' || a.attname
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.oid IN (SELECT to_regclass(t) FROM unnest(@tables) AS t)
        """);

    /// <summary>Names the server since its start, the database, and the tables that the names stand for in this session.</summary>
    private static readonly Statement Place = new(
        """
        SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), d.oid, t.oids)
        FROM pg_catalog.pg_database AS d,
             (SELECT array_agg(to_regclass(t.name)::oid ORDER BY t.name) AS oids FROM unnest(@tables) AS t (name)) AS t
        WHERE d.datname = current_database()
        """);

    private static readonly Statement ServerVersion = new("SELECT current_setting('server_version_num')::int");

    /// <summary>Whether others may wait for a locked order that is being closed; see <see cref="WriteClosingAsync"/>.</summary>
    private static readonly Statement Awaited = new(
        """
        SELECT id FROM [work_orders] WHERE id = @id AND [tenant] FOR UPDATE SKIP LOCKED;
        SELECT id FROM [work_order_dependencies] WHERE depends_on_id = @id AND met_at IS NULL LIMIT 1
        """);

    private static readonly Statement CheckConstraints = new("SET CONSTRAINTS ALL IMMEDIATE");

    private static readonly Statement Isolation = new("SELECT current_setting('default_transaction_isolation')");

    private static readonly Statement UnsafeSettings = new(
        """
        SELECT name || ' = ' || setting FROM pg_catalog.pg_settings
        WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name
        """);

    private readonly PostgreSqlTableStatements tables = new();

    // Databases whose sessions begin transactions at READ COMMITTED by themselves.
    private readonly ConcurrentDictionary<string, bool> readCommitted = new(StringComparer.Ordinal);
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public IReadOnlyList<IInterceptor> EngineInterceptors { get; } = options.PrepareStatements ? [new PreparedCommands()] : [];

    public bool HasClock => true;

    public object? WriterGateOf(DbContext db) => null;

    public bool IsPrivate(DbContext db) => false;

    // If the host passed a connection object, a transaction may be open on it that EF Core does not know of. And a host that intercepts transactions needs one,
    // for example to set a variable for row-level security.
    public bool StatementsStandAlone(WorkManagerDbContext db) =>
        !db.IsOnGivenConnection
        && !db.HasInterceptor<IDbTransactionInterceptor>()
        && readCommitted.ContainsKey(db.DatabaseName);

    // Without a connection, the provider would make a data source of these settings, which has a pool of its own. This one is never opened.
    public RelationalOptionsExtension WithoutConnection(RelationalOptionsExtension settings, DbConnection connection) =>
        settings.WithConnection(DbProviderFactories.GetFactory(connection)!.CreateConnection());

    // A copy comes from the same pool, also where the pool belongs to a data source that only the provider knows. A connection string would not do: it need not
    // have the password.
    public void Connect(WorkManagerDbContext engine, DatabaseFacade host) =>
        engine.Database.SetDbConnection((DbConnection)((ICloneable)host.GetDbConnection()).Clone(), contextOwnsConnection: true);

    public async Task<string> ReadPlaceAsync(WorkManagerDbContext db, IModel host) =>
        (await Place.ValuesAsync<string>(db, ("tables", NamesOf(host, db))).ConfigureAwait(false))[0];

    public IsolationLevel OneMoment => IsolationLevel.RepeatableRead;

    public bool IsConflict(Exception failure) => MayRunAgain(failure);

    // Class 23 are the constraints; P0001 is what RAISE EXCEPTION says without a code of its own.
    public bool RefusesToStore(Exception failure) =>
        failure is DbException { SqlState: ['2', '3', ..] or "P0001" } || (failure.InnerException is { } inner && RefusesToStore(inner));

    public bool MayRunAgain(Exception failure) =>
        failure is DbException { SqlState: DeadlockDetected or SerializationFailure } || (failure.InnerException is { } inner && MayRunAgain(inner));

    public Task WriteAsync(WorkManagerDbContext db, IReadOnlyList<TableChange> changes) => tables.WriteAsync(db, changes);

    // Whoever stores a dependency on the order has its key locked from then on, by the foreign key. While somebody has, the order cannot be locked for
    // update: a dependency may be committed that cannot be seen yet. Once it is locked so, the next statement sees all dependencies that were stored before,
    // and whoever stores another one waits for the commit, and sees after its own that the order is closed. At a higher level than READ COMMITTED, no
    // statement sees what was committed since the first one.
    public async Task<bool> WriteClosingAsync(UnitOfWork unit, IReadOnlyList<TableChange> changes, Guid orderId)
    {
        if (unit.Db.Database.CurrentTransaction?.GetDbTransaction().IsolationLevel != IsolationLevel.ReadCommitted)
        {
            await tables.WriteAsync(unit.Db, changes).ConfigureAwait(false);
            return true;
        }

        return await tables.WriteAsync(unit.Db, changes, Awaited.AtEndOfSave(unit, ("id", orderId))).ConfigureAwait(false) is not [not null, null];
    }

    public Task<IReadOnlyList<object>> InsertIfAbsentAsync(WorkManagerDbContext db, TableChange change) => tables.InsertIfAbsentAsync(db, change);

    public async Task<DateTimeOffset> ReadClockAsync(WorkManagerDbContext db, ClockSource source, DateTimeOffset now) => source == ClockSource.Database
        ? new DateTimeOffset((await Clock.ValuesAsync<DateTime>(db).ConfigureAwait(false))[0])
        : now;

    public async Task<WorkOrder?> LockOrderAsync(UnitOfWork unit, Guid orderId) =>
        (await LockOrder.QueryAsync<WorkOrder>(unit, QueryTrackingBehavior.TrackAll, ("id", orderId)).ConfigureAwait(false)).SingleOrDefault();

    public async Task<(WorkOrder? Order, IReadOnlyList<WorkItem> Items)> LockOrderWithItemsAsync(UnitOfWork unit, Guid orderId)
    {
        var (orders, items) = await LockOrderWithItems.QueryBothAsync<WorkOrder, WorkItem>(unit, ("id", orderId)).ConfigureAwait(false);
        return (orders.SingleOrDefault(), items);
    }

    public async Task<IReadOnlyList<WorkOrder>> LockOrdersOfItemsAsync(UnitOfWork unit, IReadOnlyCollection<Guid> itemIds)
    {
        var ids = ("ids", itemIds.ToArray());
        if (itemIds.Count > 1)
        {
            await OrderLocks.InTurn.ExecuteAsync(unit, ids).ConfigureAwait(false);
        }

        var lockOrders = itemIds.Count == 1 ? LockOrderOfItem : LockOrdersOfItems;
        return await lockOrders.QueryAsync<WorkOrder>(unit, QueryTrackingBehavior.TrackAll, ids).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<WorkOrder>> TryLockOrdersAsync(UnitOfWork unit, IReadOnlyCollection<Guid> orderIds) =>
        TryLockOrders.QueryAsync<WorkOrder>(unit, QueryTrackingBehavior.TrackAll, ("ids", orderIds.ToArray()));

    public Task<IReadOnlyList<WorkItem>> LockHeldItemsAsync(UnitOfWork unit, IReadOnlyList<LeaseToken> leases, bool waits) =>
        LockHeldItems.For(leases.Count, waits).QueryAsync<WorkItem>(
            unit, QueryTrackingBehavior.TrackAll,
            ("ids", leases.Select(l => l.ItemId).ToArray()), ("epochs", leases.Select(l => l.Epoch).ToArray()), ("holder", unit.Actor.LeaseHolder));

    public Task<IReadOnlyList<WorkItem>> LockHeldItemsOfAsync(UnitOfWork unit, Guid orderId) =>
        LockHeldItemsOf.QueryAsync<WorkItem>(unit, QueryTrackingBehavior.TrackAll, ("id", orderId));

    public Task CheckDeferredConstraintsAsync(UnitOfWork unit) => CheckConstraints.ExecuteAsync(unit);

    public async Task<IReadOnlySet<string>> ReadColumnsAsync(WorkManagerDbContext db)
    {
        var columns = await Columns.ValuesAsync<string>(db, ("tables", NamesOf(db.Model, db))).ConfigureAwait(false);
        return columns.ToHashSet(StringComparer.Ordinal);
    }

    public async Task EnsureSafeAsync(WorkManagerDbContext db)
    {
        EnsureSupported(
            (await ServerVersion.ValuesAsync<int>(db).ConfigureAwait(false))[0] / 10_000,
            AppContext.TryGetSwitch("Npgsql.EnableLegacyTimestampBehavior", out var legacy) && legacy);

        if ((await Isolation.ValuesAsync<string>(db).ConfigureAwait(false))[0] == "read committed")
        {
            readCommitted.TryAdd(db.DatabaseName, true);
        }

        // The host may decide so, but it should not learn of it only after a crash.
        var settings = await UnsafeSettings.ValuesAsync<string>(db).ConfigureAwait(false);
        if (settings.Count > 0)
        {
            log.CommitsNotDurable(string.Join(", ", settings));
        }
    }

    /// <param name="version">The server's major version.</param>
    /// <param name="legacyTimestamps">Whether Npgsql reads times as it did before version 6.</param>
    internal static void EnsureSupported(int version, bool legacyTimestamps)
    {
        if (version < FirstSupported)
        {
            throw new NotSupportedException($"PostgreSQL {version} is not supported. WorkManager needs PostgreSQL {FirstSupported} or newer.");
        }

        if (legacyTimestamps)
        {
            throw new NotSupportedException("Npgsql.EnableLegacyTimestampBehavior is on: times would be read in the machine's zone. WorkManager needs it off.");
        }
    }

    // The names of the tables of a model, quoted as the provider quotes them.
    private static string[] NamesOf(IModel model, WorkManagerDbContext db)
    {
        var quote = db.GetService<ISqlGenerationHelper>();
        return
        [
            .. model.GetEntityTypes()
                .Where(e => e.GetTableName() is not null)
                .Select(e => quote.DelimitIdentifier(e.GetTableName()!, e.GetSchema()))
                .Distinct(),
        ];
    }

    // The condition is true at the moment of the lock: if the row changed while the statement waited, PostgreSQL evaluates the condition again, with the clock.
    private static Statement LockHeld(Func<string, string> rows, string @lock) => new(
        $"""
        SELECT [i.*] FROM [work_items] AS i JOIN {rows("ids, epochs")} AS l (id, epoch) ON {QueueSql.IsHeld("l.id", "l.epoch")}
        ORDER BY i.id {@lock}
        """);
}
