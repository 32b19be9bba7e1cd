using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Execution;

namespace WorkManager.Providers;

/// <summary>One SQL statement, built from a constant text and constant names only.</summary>
/// <remarks>
/// In the text <c>[work_items]</c> stands for a table in its schema, <c>[clock]</c> for the time that decides leases and <c>[instant]</c> for the same
/// where it drives an index; <c>[work_items.*]</c> are the columns of a table. Values are parameters. Braces are doubled: EF Core formats the text.
/// </remarks>
internal sealed class Statement(string text)
{
    private readonly ConcurrentDictionary<(string? Schema, bool DatabaseClock), string> built = new();

    /// <summary>Runs the statement and returns its rows, tracked or detached as the query is.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(WorkManagerDbContext db, bool databaseClock, QueryTrackingBehavior tracking, params (string Name, object? Value)[] values)
        where T : class
    {
#pragma warning disable RS0030 // This is where SQL text is run. Nothing is composed on top: a wrapped statement would lock the wrong rows.
        var query = db.Set<T>().FromSqlRaw(Build(db, databaseClock), Parameters(db, values));
#pragma warning restore RS0030
        return await query.AsTracking(tracking).ToListAsync().ConfigureAwait(false);
    }

    /// <inheritdoc cref="QueryAsync{T}(WorkManagerDbContext, bool, QueryTrackingBehavior, ValueTuple{string, object?}[])"/>
    public Task<IReadOnlyList<T>> QueryAsync<T>(UnitOfWork unit, QueryTrackingBehavior tracking, params (string Name, object? Value)[] values)
        where T : class => QueryAsync<T>(unit.Db, unit.Clock.Source == ClockSource.Database, tracking, [("now", unit.Now.UtcDateTime), .. values]);

    /// <summary>Runs the statement, which returns the columns of a table as <c>[table.*]</c> names them, and returns its rows detached.</summary>
    public Task<IReadOnlyList<T>> EntitiesAsync<T>(UnitOfWork unit, params (string Name, object? Value)[] values)
        where T : class => ReadAsync(unit, EntityReader.Of<T>(unit.Db.Model), values);

    /// <summary>Runs the statement and returns what is read from each of its rows.</summary>
    /// <remarks>It goes past EF Core's queries, which take longer for a row than SQLite, and not past its log of commands.</remarks>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(UnitOfWork unit, Func<DbDataReader, T> read, params (string Name, object? Value)[] values)
    {
        var db = unit.Db;
        var text = Build(db, unit.Clock.Source == ClockSource.Database);
        var command = db.GetService<IRawSqlCommandBuilder>().Build(text, Parameters(db, [("now", unit.Now.UtcDateTime), .. values]), db.Model);
        var call = new RelationalCommandParameterObject(
            db.GetService<IRelationalConnection>(), command.ParameterValues, readerColumns: null, db,
            db.GetService<IRelationalCommandDiagnosticsLogger>(), CommandSource.FromSqlQuery);
        var reader = await command.RelationalCommand.ExecuteReaderAsync(call, CancellationToken.None).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var rows = new List<T>();
            while (await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                rows.Add(read(reader.DbDataReader));
            }

            return rows;
        }
    }

    /// <summary>Runs the statement and returns its rows, which are of no table.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync<T>(UnitOfWork unit, params (string Name, object? Value)[] values)
        where T : class
    {
#pragma warning disable RS0030 // As above.
        return await unit.Db.Database.SqlQueryRaw<T>(
            Build(unit.Db, unit.Clock.Source == ClockSource.Database), Parameters(unit.Db, [("now", unit.Now.UtcDateTime), .. values])).ToListAsync().ConfigureAwait(false);
#pragma warning restore RS0030
    }

    /// <summary>Runs the statement and returns its only column, named <c>Value</c>.</summary>
    public async Task<IReadOnlyList<T>> ValuesAsync<T>(WorkManagerDbContext db, params (string Name, object? Value)[] values)
    {
#pragma warning disable RS0030 // As above.
        return await db.Database.SqlQueryRaw<T>(Build(db, databaseClock: true), Parameters(db, values)).ToListAsync().ConfigureAwait(false);
#pragma warning restore RS0030
    }

    /// <summary>Runs the statement and returns how many rows it changed.</summary>
    public Task<int> ExecuteAsync(UnitOfWork unit, params (string Name, object? Value)[] values)
    {
#pragma warning disable RS0030 // As above.
        return unit.Db.Database.ExecuteSqlRawAsync(
            Build(unit.Db, unit.Clock.Source == ClockSource.Database), Parameters(unit.Db, [("now", unit.Now.UtcDateTime), .. values]), CancellationToken.None);
#pragma warning restore RS0030
    }

    private string Build(WorkManagerDbContext db, bool databaseClock) =>
        built.GetOrAdd((db.Model.FindEntityType(typeof(WorkOrder))!.GetSchema(), databaseClock), static (key, of) =>
        {
            // Quoted by the provider, which knows what a schema is to it: SQLite has none.
            var quote = of.Db.GetService<ISqlGenerationHelper>();
            var text = of.Text;
            foreach (var (table, type) in Tables)
            {
                text = text.Replace($"[{table}]", quote.DelimitIdentifier(table, key.Schema), StringComparison.Ordinal);
                if (text.Contains($"[{table}.*]", StringComparison.Ordinal))
                {
                    var columns = EntityReader.Columns(of.Db.Model.FindEntityType(type)!).Select(c => quote.DelimitIdentifier(c.GetColumnName()));
                    text = text.Replace($"[{table}.*]", string.Join(", ", columns), StringComparison.Ordinal);
                }
            }

            return text
                .Replace("[clock]", key.DatabaseClock ? "clock_timestamp()" : "@now", StringComparison.Ordinal)
                .Replace("[instant]", key.DatabaseClock ? "statement_timestamp()" : "@now", StringComparison.Ordinal);
        }, (Text: text, Db: db));

    private static readonly (string Name, Type Type)[] Tables =
        [("work_orders", typeof(WorkOrder)), ("work_items", typeof(WorkItem)), ("work_events", typeof(WorkEvent))];

    private static object[] Parameters(WorkManagerDbContext db, (string Name, object? Value)[] values)
    {
        var factory = DbProviderFactories.GetFactory(db.Database.GetDbConnection())!;
        return
        [
            .. values.Select(v =>
            {
                var parameter = factory.CreateParameter()!;
                parameter.ParameterName = v.Name;
                parameter.Value = v.Value ?? DBNull.Value;
                if (v.Value is null)
                {
                    // A null says nothing of its type, and all that may be null here is text.
                    parameter.DbType = System.Data.DbType.String;
                }

                return parameter;
            }),
        ];
    }
}
