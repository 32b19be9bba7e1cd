using System.Data.Common;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Execution;

namespace WorkManager.Providers.Sqlite;

/// <summary>Rows as one JSON array of arrays. A value that is the same in all rows is a parameter. For a single row, these are all values.</summary>
/// <inheritdoc/>
internal sealed class SqliteTableStatements(long mostCharacters = TableStatements.MostCharacters) : TableStatements(mostCharacters)
{
    // It has no clock of its own.
    protected override string AskTimeOfInsert => throw new NotSupportedException("A row for SQLite gets its times from the process.");

    // All commands are in transactions.
    protected override bool CountsRows => false;

    protected override string Counted(string statement, string rows) => throw new NotSupportedException("SQLite cannot count what a statement writes.");

    protected override bool IsMiscount(DbException failure) => false;

    protected override string Build(TableChange change, TableNames names, Func<object?, string> bind)
    {
        var json = new List<Values>();
        string Value(IProperty column, string name, string row)
        {
            var values = new Values(name, change.Rows, column);
            if (values.IsOne)
            {
                return bind(values[0]);
            }

            json.Add(values);
            return $"{row}value ->> {json.Count - 1}";
        }

        string Rows() => $"json_each({bind(JsonRows.Write(change.Rows.Count, json.ConvertAll(c => c.Name), (row, column) => json[column][row]))})";

        if (change.Kind == ChangeKind.Update)
        {
            var found = string.Join(" AND ", KeyOf(change).Zip(names.Key, (column, name) => $"t.{name} = {Value(column, name, "r.")}"));
            var assignments = string.Join(", ", change.Columns.Zip(names.Columns, (column, name) => $"{name} = {Value(column, name, "r.")}"));
            return $"UPDATE {names.Table} AS t SET {assignments}{(change.Rows.Count == 1 ? "" : $" FROM {Rows()} AS r")} WHERE {found}";
        }

        var inserted = string.Join(", ", change.Columns.Zip(names.Columns, (column, name) => Value(column, name, "")));
        var rows = change.Rows.Count == 1 ? "" : $" FROM {Rows()}";
        // Without a WHERE, SQLite parses the ON of ON CONFLICT as the condition of a join.
        return $"INSERT INTO {names.Table} ({string.Join(", ", names.Columns)}) SELECT {inserted}{rows}"
            + (change.Kind == ChangeKind.InsertIfAbsent ? $" WHERE true{IfAbsent(change, names)}" : "");
    }

    /// <summary>A column's value in each row.</summary>
    private sealed class Values
    {
        private readonly object?[] values;

        public Values(string name, IReadOnlyList<object> rows, IProperty column)
        {
            PlainValues.TypeOf(column);
            Name = name;
            values = [.. rows.Select(row => ValueOf(column, row))];
            IsOne = Array.TrueForAll(values, value => Equals(value, values[0]));
        }

        public string Name { get; }

        /// <summary>Whether it is the same in all rows.</summary>
        public bool IsOne { get; }

        public object? this[int row] => values[row];
    }
}
