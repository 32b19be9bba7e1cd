using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
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
/// <c>[tenant]</c>, or <c>[i.tenant]</c> with an alias, is the condition that a row belongs to the tenant of the operation. For an operation on all tenants
/// it is true for every row, and so is <c>[all_tenants]</c>.
/// </para>
/// <para>
/// Values are sent as parameters. The first call decides the type of each parameter, and later calls must use the same types. A null counts as text,
/// because it has no type. So only a text parameter may be null in one call and not null in another.
/// </para>
/// <para>
/// The statement runs as an EF Core command, so EF Core logs and intercepts it. It does not run as an EF Core query: for a query with parameters, EF Core
/// generates the text anew at each call, under a lock that all callers share. That costs more than the rest of the call.
/// </para>
/// </remarks>
internal sealed partial class Statement(string text)
{
    private static readonly (string Table, Type Entity, string Alias)[] Tables =
    [
        ("work_orders", typeof(WorkOrder), "o"), ("work_items", typeof(WorkItem), "i"), ("work_events", typeof(WorkEvent), "e"),
        ("work_decisions", typeof(WorkDecision), "d"),
    ];

    private readonly ConcurrentDictionary<Variant, (IRelationalCommand Command, Parameter[] Parameters)> built = new();

    /// <summary>The text as it was written.</summary>
    public string Text => text;

    /// <summary>Runs the statement outside a unit of work, and returns its rows, which are all columns of a table, detached.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(WorkRows rows, bool databaseClock, params Value[] values)
        where T : class =>
        await ReadAsync(
            rows.Db, VariantFor(rows.Db, databaseClock, rows.Tenant.IsAll), EntityReader.Of<T>(rows.Db.Model), [("tenant", rows.Tenant.Id), .. values])
            .ConfigureAwait(false);

    /// <summary>Runs the statement and returns its rows, which are all columns of a table, tracked or detached.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(UnitOfWork unit, QueryTrackingBehavior tracking, params Value[] values)
        where T : class
    {
        var rows = await RowsAsync(unit, EntityReader.Of<T>(unit.Db.Model), values).ConfigureAwait(false);
        if (tracking == QueryTrackingBehavior.TrackAll)
        {
            unit.Db.AttachRange(rows);
        }

        return rows;
    }

    /// <summary>Runs a text of two statements in one round trip. Each returns rows, which are all columns of a table, and are tracked.</summary>
    public async Task<(IReadOnlyList<TFirst> First, IReadOnlyList<TSecond> Second)> QueryBothAsync<TFirst, TSecond>(UnitOfWork unit, params Value[] values)
        where TFirst : class
        where TSecond : class
    {
        var both = await RunAsync(unit.Db, VariantFor(unit), WithDefaults(unit, values), async (command, parameters) =>
        {
            var reader = await command.ExecuteReaderAsync(parameters).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var first = await RowsAsync(reader, EntityReader.Of<TFirst>(unit.Db.Model)).ConfigureAwait(false);
                await reader.DbDataReader.NextResultAsync().ConfigureAwait(false);
                return (first, await RowsAsync(reader, EntityReader.Of<TSecond>(unit.Db.Model)).ConfigureAwait(false));
            }
        }).ConfigureAwait(false);
        unit.Db.AttachRange([.. both.Item1, .. both.Item2]);
        return both;
    }

    /// <summary>Runs the statement and returns its rows, which are of no table.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync<T>(UnitOfWork unit, Func<DbDataReader, T> read, params Value[] values) =>
        await ReadAsync(unit.Db, VariantFor(unit), read, WithDefaults(unit, values)).ConfigureAwait(false);

    /// <summary>Runs the statement outside a unit of work, and returns its rows, which are of no table.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync<T>(WorkRows rows, bool databaseClock, Func<DbDataReader, T> read, params Value[] values) =>
        await ReadAsync(rows.Db, VariantFor(rows.Db, databaseClock, rows.Tenant.IsAll), read, [("tenant", rows.Tenant.Id), .. values]).ConfigureAwait(false);

    /// <summary>Runs the statement for the engine itself, of all tenants, and returns its only column.</summary>
    public async Task<IReadOnlyList<T>> ValuesAsync<T>(WorkManagerDbContext db, params Value[] values) =>
        await ReadAsync(db, VariantFor(db, databaseClock: true, allTenants: true), row => row.GetFieldValue<T>(0), values).ConfigureAwait(false);

    /// <summary>Runs the statement outside a unit of work, and returns its only column.</summary>
    public async Task<IReadOnlyList<T>> ValuesAsync<T>(WorkRows rows, params Value[] values) => await ReadAsync(
        rows.Db, VariantFor(rows.Db, databaseClock: true, rows.Tenant.IsAll), row => row.GetFieldValue<T>(0), [("tenant", rows.Tenant.Id), .. values])
        .ConfigureAwait(false);

    /// <summary>Runs the statement and returns how many rows it changed.</summary>
    public Task<int> ExecuteAsync(UnitOfWork unit, params Value[] values) =>
        RunAsync(unit.Db, VariantFor(unit), WithDefaults(unit, values), (command, parameters) => command.ExecuteNonQueryAsync(parameters));

    /// <summary>The statement as the end of the command by which a unit saves.</summary>
    public EndOfSave AtEndOfSave(UnitOfWork unit, params Value[] values)
    {
        values = WithDefaults(unit, values);
        return new(BuiltFor(unit.Db, VariantFor(unit), values), values.ToDictionary(v => v.Name, v => v.Value));
    }

    private static Variant VariantFor(UnitOfWork unit) =>
        VariantFor(unit.Db, unit.Clock.Source == ClockSource.Database && unit.Dialect.HasClock, unit.Tenant.IsAll);

    private static Variant VariantFor(WorkManagerDbContext db, bool databaseClock, bool allTenants) =>
        new(db.Model.FindEntityType(typeof(WorkOrder))!.GetSchema(), databaseClock, allTenants);

    private static Value[] WithDefaults(UnitOfWork unit, Value[] values) => [("now", unit.Now.UtcDateTime), ("tenant", unit.Tenant.Id), .. values];

    private Task<List<T>> ReadAsync<T>(WorkManagerDbContext db, Variant variant, Func<DbDataReader, T> read, Value[] values) =>
        RunAsync(db, variant, values, async (command, parameters) =>
        {
            var reader = await command.ExecuteReaderAsync(parameters).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await RowsAsync(reader, read).ConfigureAwait(false);
            }
        });

    private static async Task<List<T>> RowsAsync<T>(RelationalDataReader reader, Func<DbDataReader, T> read)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            rows.Add(read(reader.DbDataReader));
        }

        return rows;
    }

    private IRelationalCommand BuiltFor(WorkManagerDbContext db, Variant variant, Value[] values)
    {
        if (!built.TryGetValue(variant, out var prepared))
        {
            prepared = built.GetOrAdd(variant, Build(text, db, variant, Array.ConvertAll(values, v => (v.Name, TypeOf(v)))));
        }

        EnsureSame(values, prepared.Parameters);
        return prepared.Command;
    }

    private async Task<TResult> RunAsync<TResult>(
        WorkManagerDbContext db, Variant variant, Value[] values, Func<IRelationalCommand, RelationalCommandParameterObject, Task<TResult>> run)
    {
        var parameters = values.ToDictionary(v => v.Name, v => v.Value);
        var log = db.GetService<IRelationalCommandDiagnosticsLogger>();
        return await KeptCommand.RunAsync(
            BuiltFor(db, variant, values),
            new(db.GetService<IRelationalConnection>(), parameters, readerColumns: null, db, log, CommandSource.FromSqlQuery), run).ConfigureAwait(false);
    }

    private static Type TypeOf(Value value) => PlainValues.Ensure(value.Value, value.Name)?.GetType() ?? typeof(string);

    private void EnsureSame(Value[] values, Parameter[] parameters)
    {
        var isSame = values.Length == parameters.Length;
        for (var i = 0; isSame && i < values.Length; i++)
        {
            isSame = values[i].Name == parameters[i].Name && TypeOf(values[i]) == parameters[i].Type;
        }

        if (!isSame)
        {
            throw new InvalidOperationException(
                $"A statement was built for {List(parameters)}, and is called with {List(Array.ConvertAll(values, v => (v.Name, TypeOf(v))))}. "
                + $"A null counts as text: {text}");
        }
    }

    private static string List(Parameter[] parameters) => string.Join(", ", parameters.Select(p => $"@{p.Name}: {p.Type.Name}"));

    private static (IRelationalCommand Command, Parameter[] Parameters) Build(string text, WorkManagerDbContext db, Variant of, Parameter[] parameters)
    {
        // The driver copies the text at each call. Nobody needs its indentation there.
        text = string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var tokens = Tokens(db, of);
        // All at once: a name that looks like a token is not one.
        text = Token().Replace(text, token => tokens.GetValueOrDefault(token.Value, token.Value));
#pragma warning disable RS0030 // One of the two places where SQL text is run.
        var command = db.GetService<IRelationalCommandBuilderFactory>().Create().Append(text);
#pragma warning restore RS0030
        var types = db.GetService<IRelationalTypeMappingSource>();
        foreach (var (name, type) in parameters)
        {
            // A mapping with a converter, such as SQLite's for arrays, would store something else.
            var mapping = types.FindMapping(type, db.Model) is { Converter: null } plain
                ? plain
                : throw new NotSupportedException($"A {type.Name} cannot be written for @{name}.");
            command.AddParameter(name, name, mapping, nullable: true);
        }

        return (command.Build(), parameters);
    }

    /// <summary>What the tokens of a text stand for.</summary>
    private static Dictionary<string, string> Tokens(WorkManagerDbContext db, Variant of)
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["[all_tenants]"] = of.AllTenants ? "TRUE" : "FALSE",
            ["[tenant]"] = of.AllTenants ? "TRUE" : "tenant_id = @tenant",
            ["[clock]"] = of.DatabaseClock ? "clock_timestamp()" : "@now",
            ["[instant]"] = of.DatabaseClock ? "statement_timestamp()" : "@now",
        };

        // The provider quotes the names. It ignores the schema where there are none, as in SQLite.
        var quote = db.GetService<ISqlGenerationHelper>();
        // These have no tenant of their own: they are found by the items or orders of one.
        tokens["[work_item_dependencies]"] = quote.DelimitIdentifier("work_item_dependencies", of.Schema);
        tokens["[work_order_dependencies]"] = quote.DelimitIdentifier("work_order_dependencies", of.Schema);
        // This is for all tenants.
        tokens["[work_paused_types]"] = quote.DelimitIdentifier("work_paused_types", of.Schema);
        foreach (var (table, entity, alias) in Tables)
        {
            var columns = EntityReader.Columns(db.Model.FindEntityType(entity)!).Select(c => quote.DelimitIdentifier(c.GetColumnName())).ToList();
            tokens[$"[{table}]"] = quote.DelimitIdentifier(table, of.Schema);
            tokens[$"[{table}.*]"] = string.Join(", ", columns);
            tokens[$"[{alias}.*]"] = string.Join(", ", columns.Select(c => $"{alias}.{c}"));
            tokens[$"[{alias}.tenant]"] = of.AllTenants ? "TRUE" : $"{alias}.tenant_id = @tenant";
        }

        return tokens;
    }

    [GeneratedRegex(@"\[[a-z_.*]+\]")]
    private static partial Regex Token();

    /// <summary>What the command is built for.</summary>
    private readonly record struct Variant(string? Schema, bool DatabaseClock, bool AllTenants);
}
