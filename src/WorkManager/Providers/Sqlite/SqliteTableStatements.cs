using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Execution;

namespace WorkManager.Providers.Sqlite;

/// <summary>Rows as one JSON array of arrays. What all rows have in common is a parameter: of a row alone that is all, and of an event most.</summary>
internal sealed class SqliteTableStatements : TableStatements
{
    protected override string Build(TableChange change, TableNames names, Func<object?, string> bind)
    {
        var key = change.Table.FindPrimaryKey()!.Properties.Single();
        var columns = change.Columns.Select((column, i) => new Values(names.Columns[i], change.Rows, column)).ToList();
        var json = new List<Values>();
        string Value(Values column, string row)
        {
            if (column.IsOne)
            {
                return bind(column[0]);
            }

            json.Add(column);
            return $"{row}value ->> {json.Count - 1}";
        }

        string Rows() => $"json_each({bind(JsonRows.Write(change.Rows.Count, json.Count, (row, column) => json[column][row]))})";

        if (change.IsNew)
        {
            var values = string.Join(", ", columns.ConvertAll(c => Value(c, "")));
            return $"INSERT INTO {names.Table} ({string.Join(", ", names.Columns)}) SELECT {values}{(change.Rows.Count == 1 ? "" : $" FROM {Rows()}")}";
        }

        var keyValue = Value(new Values(names.Key, change.Rows, key), "r.");
        var assignments = string.Join(", ", columns.ConvertAll(c => $"{c.Name} = {Value(c, "r.")}"));
        return $"UPDATE {names.Table} AS t SET {assignments}{(change.Rows.Count == 1 ? "" : $" FROM {Rows()} AS r")} WHERE t.{names.Key} = {keyValue}";
    }

    /// <summary>A column's value in each row.</summary>
    private sealed class Values
    {
        private readonly object?[] values;

        public Values(string name, IReadOnlyList<object> rows, IProperty column)
        {
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
