using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Execution;

namespace WorkManager.Providers;

/// <summary>Writes the changes of a unit: one statement a table, all of them in one command, unless there are more documents than one should carry.</summary>
/// <remarks>Rows travel as values, never as text. The names are the model's.</remarks>
internal abstract class TableStatements
{
    // Both databases end at a gigabyte, and long before that a command is held several times in memory.
    private const long MostCharacters = 16 * 1024 * 1024;

    public async Task WriteAsync(WorkManagerDbContext db, IReadOnlyList<TableChange> changes)
    {
        var (command, characters) = (new List<TableChange>(), 0L);
        foreach (var (part, more) in changes.SelectMany(c => c.InParts(MostCharacters)))
        {
            if (command.Count > 0 && characters + more > MostCharacters)
            {
                await SendAsync(db, command).ConfigureAwait(false);
                (command, characters) = ([], 0);
            }

            command.Add(part);
            characters += more;
        }

        await SendAsync(db, command).ConfigureAwait(false);
    }

    private async Task SendAsync(WorkManagerDbContext db, List<TableChange> changes)
    {
        var factory = DbProviderFactories.GetFactory(db.Database.GetDbConnection())!;
        var quote = db.GetService<ISqlGenerationHelper>();
        var parameters = new List<DbParameter>();
        var text = string.Join(";\n", changes.Select(change => Build(change, Names(change, quote), value =>
        {
            var parameter = factory.CreateParameter()!;
            parameter.ParameterName = $"p{parameters.Count}";
            parameter.Value = value ?? DBNull.Value;
            parameters.Add(parameter);
            return $"@{parameter.ParameterName}";
        })));
#pragma warning disable RS0030 // One of the two places where SQL text is run.
        var command = db.GetService<IRelationalCommandBuilderFactory>().Create().Append(text);
#pragma warning restore RS0030
        parameters.ForEach(p => command.AddRawParameter(p.ParameterName, p));
        await command.Build().ExecuteNonQueryAsync(new(
            db.GetService<IRelationalConnection>(), parameterValues: null, readerColumns: null, db, db.GetService<IRelationalCommandDiagnosticsLogger>(),
            CommandSource.ExecuteSqlRaw)).ConfigureAwait(false);
    }

    /// <summary>The statement for one table.</summary>
    /// <param name="change">What is written.</param>
    /// <param name="names">The quoted names.</param>
    /// <param name="bind">Makes a value a parameter and returns how the text calls it.</param>
    protected abstract string Build(TableChange change, TableNames names, Func<object?, string> bind);

    /// <summary>A value as the provider takes it.</summary>
    protected static object? ValueOf(IProperty column, object row)
    {
        var value = column.GetGetter().GetClrValue(row);
        return value is not null && column.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(value) : value;
    }

    private static TableNames Names(TableChange change, ISqlGenerationHelper quote)
    {
        string Quoted(IProperty column) =>
            column.GetOrAddRuntimeAnnotationValue("WorkManager:QuotedName", of => quote.DelimitIdentifier(of!.GetColumnName()), column);
        return new(
            quote.DelimitIdentifier(change.Table.GetTableName()!, change.Table.GetSchema()),
            Quoted(change.Table.FindPrimaryKey()!.Properties.Single()),
            [.. change.Columns.Select(Quoted)]);
    }

    /// <summary>Quoted names.</summary>
    protected sealed record TableNames(string Table, string Key, IReadOnlyList<string> Columns);
}
