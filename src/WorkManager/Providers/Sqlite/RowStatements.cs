using System.Data.Common;
using WorkManager.Execution;

namespace WorkManager.Providers.Sqlite;

/// <summary>A statement on rows of values, which are parameters where there is one row, and one JSON array where there are many.</summary>
/// <remarks>SQLite reads the text at each call. One row is the case of single calls, and a text without <c>json_each</c> takes it half the time.</remarks>
internal sealed class RowStatements
{
    private readonly string[] columns;
    private readonly Statement one;
    private readonly Statement many;

    /// <param name="columns">What a row holds.</param>
    /// <param name="build">Makes the statement, given how it calls its rows.</param>
    public RowStatements(string[] columns, Func<RowText, Statement> build)
    {
        this.columns = columns;
        one = build(new(columns, IsMany: false));
        many = build(new(columns, IsMany: true));
    }

    /// <inheritdoc cref="Statement.ExecuteAsync"/>
    public Task<int> ExecuteAsync(UnitOfWork unit, IReadOnlyList<object?[]> rows, params (string Name, object? Value)[] values) =>
        For(rows).ExecuteAsync(unit, [.. values, .. Parameters(rows)]);

    /// <inheritdoc cref="Statement.RowsAsync{T}(UnitOfWork, Func{DbDataReader, T}, ValueTuple{string, object}[])"/>
    public Task<IReadOnlyList<T>> RowsAsync<T>(
        UnitOfWork unit, IReadOnlyList<object?[]> rows, Func<DbDataReader, T> read, params (string Name, object? Value)[] values) =>
        For(rows).RowsAsync(unit, read, [.. values, .. Parameters(rows)]);

    private Statement For(IReadOnlyList<object?[]> rows) => rows.Count == 1 ? one : many;

    private IEnumerable<(string Name, object? Value)> Parameters(IReadOnlyList<object?[]> rows) =>
        rows is [var row] ? columns.Zip(row) : [("rows", JsonRows.Write(rows.Count, columns, (r, column) => rows[r][column]))];
}
