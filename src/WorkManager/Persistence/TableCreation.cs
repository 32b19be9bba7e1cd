using System.Data.Common;
using System.Reflection;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Persistence.Schema;
using IsolationLevel = System.Data.IsolationLevel;

namespace WorkManager.Persistence;

/// <summary>
/// Makes our tables and those of a context in one transaction that holds a lock. Of several programs that do so at once, one makes the tables, and the others
/// find them. If it is interrupted, there are none.
/// </summary>
/// <param name="host">The context.</param>
/// <param name="openEngine">Opens a context on the host's connection, whose migrations make our tables; null if the model of the host has them.</param>
internal sealed class TableCreation(DbContext host, Func<WorkManagerDbContext>? openEngine)
{
    // A number that others hardly use: "WorkMana" in ASCII.
    private const string Lock = "SELECT pg_advisory_xact_lock(6300213325870558817)";

    private readonly IRelationalDatabaseCreator creator = host.GetService<IRelationalDatabaseCreator>();
    private readonly IRelationalConnection connection = host.GetService<IRelationalConnection>();
    private readonly IMigrationsSqlGenerator sql = host.GetService<IMigrationsSqlGenerator>();

    /// <summary>Makes what is missing.</summary>
    /// <returns>Whether there was no table before.</returns>
    public bool Run()
    {
        // As EF Core does: tables are not made in an ambient transaction.
        using var noScope = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        if (!creator.Exists())
        {
            try
            {
                creator.Create();
            }
            catch (DbException) when (creator.Exists())
            {
                // Another program made the database at the same moment.
            }
        }

        return host.Database.CreateExecutionStrategy().Execute(RunOnce);
    }

    /// <inheritdoc cref="Run"/>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var noScope = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        if (!await creator.ExistsAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await creator.CreateAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (DbException) when (creator.Exists())
            {
                // As above.
            }
        }

        return await host.Database.CreateExecutionStrategy().ExecuteAsync(RunOnceAsync, cancellationToken).ConfigureAwait(false);
    }

    private bool RunOnce()
    {
        var tables = Tables.None;
        // On SQLite the transaction is the lock. A stronger level than this would not see what others made before they gave the lock back.
        using (var transaction = host.Database.BeginTransaction(IsolationLevel.ReadCommitted))
        {
            Execute(LockCommands());
            var isNew = !creator.HasTables();
            if (openEngine is not null)
            {
                // Ours first: the host's may refer to them.
                using var engine = openEngine();
                engine.Database.UseTransaction(transaction.GetDbTransaction());
                engine.GetService<IHistoryRepository>().CreateIfNotExists();
                engine.Database.Migrate();
            }

            tables = isNew ? TablesOfHost() : tables;
            Execute(tables.InTransaction);
            transaction.Commit();
        }

        Execute(tables.AfterIt);
        if (tables.HaveTypes && Reload("ReloadTypes") is { } reload)
        {
            connection.Open();
            reload.Invoke(connection.DbConnection, null);
            connection.Close();
        }

        return tables != Tables.None;
    }

    private async Task<bool> RunOnceAsync(CancellationToken cancellationToken)
    {
        var tables = Tables.None;
        var transaction = await host.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync(LockCommands(), cancellationToken).ConfigureAwait(false);
            var isNew = !await creator.HasTablesAsync(cancellationToken).ConfigureAwait(false);
            if (openEngine is not null)
            {
                var engine = openEngine();
                await using (engine.ConfigureAwait(false))
                {
                    await engine.Database.UseTransactionAsync(transaction.GetDbTransaction(), cancellationToken).ConfigureAwait(false);
                    await engine.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancellationToken).ConfigureAwait(false);
                    await engine.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            tables = isNew ? TablesOfHost() : tables;
            await ExecuteAsync(tables.InTransaction, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        await ExecuteAsync(tables.AfterIt, cancellationToken).ConfigureAwait(false);
        if (tables.HaveTypes && Reload("ReloadTypesAsync", typeof(CancellationToken)) is { } reload)
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await ((Task)reload.Invoke(connection.DbConnection, [cancellationToken])!).ConfigureAwait(false);
            await connection.CloseAsync().ConfigureAwait(false);
        }

        return tables != Tables.None;
    }

    private IReadOnlyList<MigrationCommand> LockCommands() =>
        host.Database.ProviderName == ProviderNames.PostgreSql ? sql.Generate([new SqlOperation { Sql = Lock }]) : [];

    // What the creator of the provider does in CreateTables(), which opens the connection, and so cannot run in a transaction.
    private Tables TablesOfHost()
    {
        var model = host.GetService<IDesignTimeModel>().Model;
        var operations = host.GetService<IMigrationsModelDiffer>().GetDifferences(null, model.GetRelationalModel());
        var commands = sql.Generate(operations, model).ToLookup(c => c.TransactionSuppressed);
        return new([.. commands[false]], [.. commands[true]], operations.Any(o => o is AlterDatabaseOperation));
    }

    private void Execute(IEnumerable<MigrationCommand> commands) => host.GetService<IMigrationCommandExecutor>().ExecuteNonQuery(commands, connection);

    private Task ExecuteAsync(IEnumerable<MigrationCommand> commands, CancellationToken cancellationToken) =>
        host.GetService<IMigrationCommandExecutor>().ExecuteNonQueryAsync(commands, connection, cancellationToken);

    // The driver of PostgreSQL has to learn of new enums and extensions. The package does not refer to it.
    private MethodInfo? Reload(string method, params Type[] parameters) => connection.DbConnection.GetType().GetMethod(method, parameters);

    /// <summary>The commands that make the tables of the host.</summary>
    /// <param name="InTransaction">Those that run in a transaction.</param>
    /// <param name="AfterIt">Those that cannot, such as for an index that is made concurrently.</param>
    /// <param name="HaveTypes">Whether they make types that a driver may have to learn of.</param>
    private sealed record Tables(IReadOnlyList<MigrationCommand> InTransaction, IReadOnlyList<MigrationCommand> AfterIt, bool HaveTypes)
    {
        public static readonly Tables None = new([], [], false);
    }
}
