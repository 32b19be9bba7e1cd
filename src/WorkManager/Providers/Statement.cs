using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Execution;
using Parameter = (string Name, System.Type Type);
using Value = (string Name, object? Value);

namespace WorkManager.Providers;

/// <summary>One SQL statement, built from a constant text and constant names only.</summary>
/// <remarks>
/// <para>
/// In the text <c>[work_items]</c> stands for a table in its schema, <c>[work_items.*]</c> for its columns and <c>[i.*]</c> for those of its alias (SQLite
/// does not take one in <c>RETURNING</c>), <c>[clock]</c> for the time that decides leases and <c>[instant]</c> for the same where it drives an index.
/// Values are parameters. The first call says of what type each is, and all others have to give the same: a null counts as text, since it says nothing of
/// its type, and so nothing but text may be null at one call and not at another.
/// </para>
/// <para>
/// It runs as a command of EF Core's, which logs and intercepts it as any other, but not as a query of EF Core's: for those with values it writes the text
/// anew each time, one caller after the other, which costs more than all the rest of a call.
/// </para>
/// </remarks>
internal sealed class Statement(string text)
{
    private static readonly (string Table, Type Entity, string Alias)[] Tables =
        [("work_orders", typeof(WorkOrder), "o"), ("work_items", typeof(WorkItem), "i"), ("work_events", typeof(WorkEvent), "e")];

    private readonly ConcurrentDictionary<(string? Schema, bool DatabaseClock), (IRelationalCommand Command, Parameter[] Parameters)> built = new();

    /// <summary>The text as it was written.</summary>
    public string Text => text;

    /// <summary>Runs the statement and returns its rows, which are all columns of a table, tracked or detached.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        WorkManagerDbContext db, bool databaseClock, QueryTrackingBehavior tracking, params Value[] values)
        where T : class
    {
        var rows = await ReadAsync(db, databaseClock, EntityReader.Of<T>(db.Model), values).ConfigureAwait(false);
        if (tracking == QueryTrackingBehavior.TrackAll)
        {
            db.AttachRange(rows);
        }

        return rows;
    }

    /// <inheritdoc cref="QueryAsync{T}(WorkManagerDbContext, bool, QueryTrackingBehavior, ValueTuple{string, object?}[])"/>
    public Task<IReadOnlyList<T>> QueryAsync<T>(UnitOfWork unit, QueryTrackingBehavior tracking, params Value[] values)
        where T : class => QueryAsync<T>(unit.Db, UsesDatabaseClock(unit), tracking, WithNow(unit, values));

    /// <summary>Runs the statement and returns its rows, which are of no table.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync<T>(UnitOfWork unit, Func<DbDataReader, T> read, params Value[] values) =>
        await ReadAsync(unit.Db, UsesDatabaseClock(unit), read, WithNow(unit, values)).ConfigureAwait(false);

    /// <summary>Runs the statement and returns its only column.</summary>
    public async Task<IReadOnlyList<T>> ValuesAsync<T>(WorkManagerDbContext db, params Value[] values) =>
        await ReadAsync(db, databaseClock: true, row => row.GetFieldValue<T>(0), values).ConfigureAwait(false);

    /// <summary>Runs the statement and returns how many rows it changed.</summary>
    public Task<int> ExecuteAsync(UnitOfWork unit, params Value[] values) =>
        RunAsync(unit.Db, UsesDatabaseClock(unit), WithNow(unit, values), (command, parameters) => command.ExecuteNonQueryAsync(parameters));

    private static bool UsesDatabaseClock(UnitOfWork unit) => unit.Clock.Source == ClockSource.Database && unit.Dialect.HasClock;

    private static Value[] WithNow(UnitOfWork unit, Value[] values) => [("now", unit.Now.UtcDateTime), .. values];

    private Task<List<T>> ReadAsync<T>(WorkManagerDbContext db, bool databaseClock, Func<DbDataReader, T> read, Value[] values) =>
        RunAsync(db, databaseClock, values, async (command, parameters) =>
        {
            var reader = await command.ExecuteReaderAsync(parameters).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<T>();
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    rows.Add(read(reader.DbDataReader));
                }

                return rows;
            }
        });

    private async Task<TResult> RunAsync<TResult>(
        WorkManagerDbContext db, bool databaseClock, Value[] values, Func<IRelationalCommand, RelationalCommandParameterObject, Task<TResult>> run)
    {
        var parametersNow = Array.ConvertAll(values, ParameterOf);
        var (prepared, parametersThen) = built.GetOrAdd(
            (SchemaOf(db.Model), databaseClock),
            static (key, of) => (Build(of.Text, of.Db, key, of.Parameters), of.Parameters), (Text: text, Db: db, Parameters: parametersNow));
        if (!parametersNow.AsSpan().SequenceEqual(parametersThen))
        {
            throw new InvalidOperationException(
                $"A statement was built for {List(parametersThen)}, and is called with {List(parametersNow)}. A null counts as text: {text}");
        }

        var connection = db.GetService<IRelationalConnection>();
        var command = connection.RentCommand();
        try
        {
            command.PopulateFrom(prepared);
            var parameters = values.ToDictionary(v => v.Name, v => v.Value);
            var log = db.GetService<IRelationalCommandDiagnosticsLogger>();
            return await run(command, new(connection, parameters, readerColumns: null, db, log, CommandSource.FromSqlQuery)).ConfigureAwait(false);
        }
        finally
        {
            connection.ReturnCommand(command);
        }
    }

    private static Parameter ParameterOf(Value value) => (value.Name, PlainValues.Ensure(value.Value, value.Name)?.GetType() ?? typeof(string));

    private static string List(Parameter[] parameters) => string.Join(", ", parameters.Select(p => $"@{p.Name}: {p.Type.Name}"));

    private static string? SchemaOf(IModel model) => model.FindEntityType(typeof(WorkOrder))!.GetSchema();

    private static IRelationalCommand Build(string text, WorkManagerDbContext db, (string? Schema, bool DatabaseClock) of, Parameter[] parameters)
    {
        // Quoted by the provider, which knows what a schema is to it: SQLite has none.
        var quote = db.GetService<ISqlGenerationHelper>();
        foreach (var (table, entity, alias) in Tables)
        {
            var columns = EntityReader.Columns(db.Model.FindEntityType(entity)!).Select(c => quote.DelimitIdentifier(c.GetColumnName())).ToList();
            text = text
                .Replace($"[{table}]", quote.DelimitIdentifier(table, of.Schema), StringComparison.Ordinal)
                .Replace($"[{table}.*]", string.Join(", ", columns), StringComparison.Ordinal)
                .Replace($"[{alias}.*]", string.Join(", ", columns.Select(c => $"{alias}.{c}")), StringComparison.Ordinal);
        }

#pragma warning disable RS0030 // One of the two places where SQL text is run.
        var command = db.GetService<IRelationalCommandBuilderFactory>().Create().Append(text
#pragma warning restore RS0030
            .Replace("[clock]", of.DatabaseClock ? "clock_timestamp()" : "@now", StringComparison.Ordinal)
            .Replace("[instant]", of.DatabaseClock ? "statement_timestamp()" : "@now", StringComparison.Ordinal));
        var types = db.GetService<IRelationalTypeMappingSource>();
        foreach (var (name, type) in parameters)
        {
            // What a mapping converts, as SQLite's converts an array, would arrive as something else.
            var mapping = types.FindMapping(type, db.Model) is { Converter: null } plain
                ? plain
                : throw new NotSupportedException($"A {type.Name} cannot be written for @{name}.");
            command.AddParameter(name, name, mapping, nullable: true);
        }

        return command.Build();
    }
}
