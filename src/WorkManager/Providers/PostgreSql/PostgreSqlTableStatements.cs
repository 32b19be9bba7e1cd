using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Execution;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Rows as one array a column.</summary>
internal sealed class PostgreSqlTableStatements : TableStatements
{
    protected override string Build(TableChange change, TableNames names, Func<object?, string> bind)
    {
        var columns = change.Columns
            .Select((column, i) => (Name: names.Columns[i], Values: bind(ValuesOf(column, change.Rows)), Cast: CastOf(column)))
            .ToList();
        var arrays = string.Join(", ", columns.Select(c => c.Values));
        var aliases = string.Join(", ", columns.Select(c => c.Name));
        if (change.IsNew)
        {
            var values = string.Join(", ", columns.Select(c => $"{c.Name}{c.Cast}"));
            return $"INSERT INTO {names.Table} ({aliases}) SELECT {values} FROM unnest({arrays}) AS r ({aliases})";
        }

        var keys = bind(ValuesOf(change.Table.FindPrimaryKey()!.Properties.Single(), change.Rows));
        var assignments = string.Join(", ", columns.Select(c => $"{c.Name} = r.{c.Name}{c.Cast}"));
        return $"UPDATE {names.Table} AS t SET {assignments} FROM unnest({keys}, {arrays}) AS r ({names.Key}, {aliases}) "
            + $"WHERE t.{names.Key} = r.{names.Key}";
    }

    // The arrays' element types are the provider's for the values. Only JSON travels as text.
    private static string CastOf(IProperty column) => column.GetColumnType() is "json" or "jsonb" ? $"::{column.GetColumnType()}" : "";

    private static Array ValuesOf(IProperty column, IReadOnlyList<object> rows)
    {
        var type = Nullable.GetUnderlyingType(column.ClrType) ?? column.ClrType;
        type = column.GetTypeMapping().Converter?.ProviderClrType ?? type;
        type = column.IsNullable && type.IsValueType ? typeof(Nullable<>).MakeGenericType(type) : type;
        var values = Array.CreateInstance(type, rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            values.SetValue(ValueOf(column, rows[i]), i);
        }

        return values;
    }
}
