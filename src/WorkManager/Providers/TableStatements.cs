using System.Collections.Immutable;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Execution;

namespace WorkManager.Providers;

/// <summary>Writes the changes of a unit: one statement per table, all of them in one command, unless there are more documents than one should carry.</summary>
/// <remarks>Rows travel as values, never as text. The names are the model's.</remarks>
/// <param name="mostCharacters">How long the documents of one command may be together.</param>
internal abstract class TableStatements(long mostCharacters)
{
    // Both databases refuse values of a gigabyte, and a command needs several times its size in memory.
    protected const long MostCharacters = 16 * 1024 * 1024;

    public Task WriteAsync(DbContext db, IReadOnlyList<TableChange> changes) => WriteAsync(db, changes, end: null);

    /// <summary>Writes the changes, and returns the first value that each statement at the end found; null where it found none.</summary>
    public async Task<IReadOnlyList<object?>> WriteAsync(DbContext db, IReadOnlyList<TableChange> changes, EndOfSave? end)
    {
        var (command, characters) = (new List<TableChange>(), 0L);
        foreach (var (part, more) in changes.SelectMany(c => c.InParts(mostCharacters)))
        {
            if (command.Count > 0 && characters + more > mostCharacters)
            {
                EnsureIsInTransaction(db);
                await SendAsync(db, command, end: null).ConfigureAwait(false);
                (command, characters) = ([], 0);
            }

            command.Add(part);
            characters += more;
        }

        return await SendAsync(db, command, end).ConfigureAwait(false);
    }

    /// <summary>Adds those rows that are not there yet, and returns them. What the database gave a row is set in it.</summary>
    public async Task<IReadOnlyList<object>> InsertIfAbsentAsync(DbContext db, TableChange change)
    {
        var added = new List<object>();
        var identity = TableChange.IdentityOf(change.Table);
        foreach (var (part, _) in change.InParts(mostCharacters))
        {
            // If two of the rows have the same key, the first one is added.
            var rows = part.Rows.GroupBy(row => Together(identity.Select(c => c.GetGetter().GetClrValue(row)))).ToDictionary(g => g.Key, g => g.First());
            foreach (var values in await ReadAsync(db, part).ConfigureAwait(false))
            {
                var row = rows[Together(values.Take(identity.Count))];
                foreach (var (column, value) in TableChange.GeneratedBy(change.Table).Zip(values.Skip(identity.Count)))
                {
                    db.Entry(row).Property(column).CurrentValue = value;
                }

                added.Add(row);
            }
        }

        return added;
    }

    private async Task<IReadOnlyList<object?>> SendAsync(DbContext db, List<TableChange> changes, EndOfSave? end)
    {
        // What is its own transaction is committed before its rows can be counted here.
        var isCountedThere = db.Database.CurrentTransaction is null && CountsRows;
        var (command, parameters) = BuildCommand(db, changes, end, isCountedThere);
        var asksTheTime = changes.Exists(c => c.TimesOfInsert.Count > 0);
        try
        {
            var (written, found) = isCountedThere || asksTheTime || end is not null
                ? await AskAsync(command, parameters).ConfigureAwait(false)
                : (await KeptCommand.RunAsync(command, parameters, (c, p) => c.ExecuteNonQueryAsync(p)).ConfigureAwait(false), []);
            if (!isCountedThere && written != changes.Sum(c => c.Rows.Count))
            {
                throw LeftOut(changes, written, cause: null);
            }

            found = isCountedThere ? found[changes.Count..] : found;
            if (asksTheTime)
            {
                changes.ForEach(c => c.SetTimeOfInsert(DateTimeOffset.UnixEpoch.AddMicroseconds((long)found[0]!)));
                found = found[1..];
            }

            return found;
        }
        catch (DbException failure) when (isCountedThere && IsMiscount(failure))
        {
            throw LeftOut(changes, written: null, failure);
        }
    }

    private static InvalidOperationException LeftOut(List<TableChange> changes, int? written, DbException? cause) => new(
        $"{(written is { } count ? $"{count} rows" : "Other numbers of rows")} were written instead of {changes.Sum(c => c.Rows.Count)}, to "
        + $"{string.Join(", ", changes.Select(c => c.Table.GetTableName()))}. A row that is changed must be there and locked, and nothing in the database, "
        + "such as a trigger or a policy, may leave out what is written.",
        cause);

    // A single command is one transaction; several are not.
    private static void EnsureIsInTransaction(DbContext db)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("What is written by one command only has too many characters for it. Write it in a transaction.");
        }
    }

    /// <summary>Runs a command that returns rows, too: the first value of each result, or null if the result is empty.</summary>
    private static Task<(int Written, List<object?> Found)> AskAsync(IRelationalCommand template, RelationalCommandParameterObject values) =>
        KeptCommand.RunAsync(template, values, async (command, parameters) =>
        {
            var reader = await command.ExecuteReaderAsync(parameters).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var found = new List<object?>();
                do
                {
                    found.Add(await reader.ReadAsync().ConfigureAwait(false) ? reader.DbDataReader.GetValue(0) : null);
                }
                while (await reader.DbDataReader.NextResultAsync().ConfigureAwait(false));
                return (reader.DbDataReader.RecordsAffected, found);
            }
        });

    private async Task<List<object?[]>> ReadAsync(DbContext db, TableChange change)
    {
        var (command, parameters) = BuildCommand(db, [change], end: null, isCountedThere: false);
        var read = change.Table.GetOrAddRuntimeAnnotationValue<Func<DbDataReader, object?[]>, IEntityType>(
            "WorkManager:ReturnedReader", static table => EntityReader.ValuesOf(Returned(table!)), change.Table);
        return await KeptCommand.RunAsync(command, parameters, async (copy, values) =>
        {
            var reader = await copy.ExecuteReaderAsync(values).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<object?[]>();
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    rows.Add(read(reader.DbDataReader));
                }

                return rows;
            }
        }).ConfigureAwait(false);
    }

    private (IRelationalCommand Command, RelationalCommandParameterObject Parameters) BuildCommand(
        DbContext db, List<TableChange> changes, EndOfSave? end, bool isCountedThere)
    {
        var values = new Dictionary<string, object?>(end?.Values ?? ImmutableDictionary<string, object?>.Empty);
        var (texts, count) = (new List<string>(changes.Count + 2), 0);
        foreach (var change in changes)
        {
            var (text, more) = Write(db, change, count, isCountedThere);
            texts.Add(text);
            foreach (var value in more)
            {
                values.Add(ValueParameter.NameOf(count++), value ?? DBNull.Value);
            }
        }

        if (changes.Exists(c => c.TimesOfInsert.Count > 0))
        {
            texts.Add(AskTimeOfInsert);
        }

        if (end is not null)
        {
            texts.Add(end.Command.CommandText);
        }

        return (CommandOf(db, string.Join(";\n", texts), count, end), new(
            db.GetService<IRelationalConnection>(), values, readerColumns: null, db, db.GetService<IRelationalCommandDiagnosticsLogger>(),
            CommandSource.ExecuteSqlRaw));
    }

    /// <summary>The command of a text.</summary>
    /// <param name="db">The context.</param>
    /// <param name="text">The text.</param>
    /// <param name="count">How many values it has, without those of <paramref name="end"/>.</param>
    /// <param name="end">What it ends with.</param>
    protected virtual IRelationalCommand CommandOf(DbContext db, string text, int count, EndOfSave? end)
    {
#pragma warning disable RS0030 // One of the two places where SQL text is run.
        var command = db.GetService<IRelationalCommandBuilderFactory>().Create().Append(text);
#pragma warning restore RS0030
        foreach (var parameter in Enumerable.Range(0, count).Select(i => (IRelationalParameter)new ValueParameter(i)).Concat(end?.Command.Parameters ?? []))
        {
            command.AddParameter(parameter);
        }

        return command.Build();
    }

    /// <summary>The statement for one table, and its values.</summary>
    /// <param name="db">The context.</param>
    /// <param name="change">What is written.</param>
    /// <param name="first">The number of the first value in the command.</param>
    /// <param name="isCounted">Whether it fails if it writes another number of rows.</param>
    protected virtual (string Text, IReadOnlyList<object?> Values) Write(DbContext db, TableChange change, int first, bool isCounted)
    {
        var values = new List<object?>();
        string Bind(object? value)
        {
            values.Add(value);
            return $"@{ValueParameter.NameOf(first + values.Count - 1)}";
        }

        var text = Build(change, Names(change, db.GetService<ISqlGenerationHelper>()), Bind);
        return (isCounted ? Counted(text, Bind(change.Rows.Count)) : text, values);
    }

    /// <summary>Asks for the time at which the transaction began, in microseconds since 1970: applications have times of many types.</summary>
    protected abstract string AskTimeOfInsert { get; }

    /// <summary>Whether the database can count the rows that a statement writes.</summary>
    protected abstract bool CountsRows { get; }

    /// <summary>A statement that fails, and its transaction with it, if it writes another number of rows.</summary>
    protected abstract string Counted(string statement, string rows);

    /// <summary>Whether a statement failed because of the number of its rows.</summary>
    protected abstract bool IsMiscount(DbException failure);

    /// <summary>The statement for one table.</summary>
    /// <param name="change">What is written.</param>
    /// <param name="names">The quoted names.</param>
    /// <param name="bind">Makes a value a parameter and returns how the text calls it.</param>
    protected abstract string Build(TableChange change, TableNames names, Func<object?, string> bind);

    /// <summary>The key of a table.</summary>
    protected static IReadOnlyList<IProperty> KeyOf(TableChange change) => change.Table.FindPrimaryKey()!.Properties;

    /// <summary>A value as the provider takes it.</summary>
    protected static object? ValueOf(IProperty column, object row)
    {
        var value = column.GetGetter().GetClrValue(row);
        value = value is not null && column.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(value) : value;
        return value is string or DateTime ? PlainValues.Ensure(value, column.Name) : value;
    }

    /// <summary>The end of an insert that skips existing rows and returns the inserted ones; empty for other changes.</summary>
    protected static string IfAbsent(TableChange change, TableNames names) =>
        change.Kind == ChangeKind.InsertIfAbsent ? $" ON CONFLICT DO NOTHING RETURNING {string.Join(", ", names.Returned)}" : "";

    private static TableNames Names(TableChange change, ISqlGenerationHelper quote)
    {
        string Quoted(IProperty column) =>
            column.GetOrAddRuntimeAnnotationValue("WorkManager:QuotedName", of => quote.DelimitIdentifier(of!.GetColumnName()), column);
        return new(
            quote.DelimitIdentifier(change.Table.GetTableName()!, change.Table.GetSchema()),
            [.. KeyOf(change).Select(Quoted)],
            [.. change.Columns.Select(Quoted)],
            [.. change.Kind == ChangeKind.InsertIfAbsent ? Returned(change.Table).Select(Quoted) : []]);
    }

    private static IEnumerable<IProperty> Returned(IEntityType table) => TableChange.IdentityOf(table).Concat(TableChange.GeneratedBy(table));

    // Nested pairs are compared by their values.
    private static object Together(IEnumerable<object?> values) => values.Aggregate((object)"", (before, value) => (before, value));

    /// <summary>Quoted names.</summary>
    protected sealed record TableNames(string Table, IReadOnlyList<string> Key, IReadOnlyList<string> Columns, IReadOnlyList<string> Returned);
}
