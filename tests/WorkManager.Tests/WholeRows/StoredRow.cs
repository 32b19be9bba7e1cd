using System.Data.Common;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Orders;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Tests.WholeRows;

/// <summary>A row as it is in the database, with the value of every column: text, a number, a truth value, an id, a time or null.</summary>
internal sealed record StoredRow(string Table, object Key, IReadOnlyDictionary<string, object?> Cells)
{
    // Filled by the database, and by PostgreSQL only: the transaction that added the row.
    private static readonly string[] OfPostgreSql = ["work_events.tx"];

    /// <summary>Every row of every table of a model, in the order in which they were added, read by plain SQL.</summary>
    public static async Task<IReadOnlyList<StoredRow>> ReadAllAsync(TestDatabase database, IModel model)
    {
        var rows = new List<StoredRow>();
        await using var connection = await database.OpenConnectionAsync();
        foreach (var table in model.GetEntityTypes().OrderBy(t => t.GetTableName(), StringComparer.Ordinal))
        {
            rows.AddRange(await ReadAsync(connection, table));
        }

        return rows;
    }

    private static async Task<IReadOnlyList<StoredRow>> ReadAsync(DbConnection connection, IEntityType table)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The name comes from the model.
        command.CommandText = $"SELECT * FROM \"{table.GetTableName()}\"";
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var columns = table.GetProperties().ToDictionary(p => p.GetColumnName(), StringComparer.Ordinal);
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).Where(n => !OfPostgreSql.Contains($"{table.GetTableName()}.{n}")).ToList();
        Assert.Equal(columns.Keys.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));

        var key = table.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName()).ToList();
        var rows = new List<StoredRow>();
        while (await reader.ReadAsync())
        {
            var cells = names.ToDictionary(n => n, n => ValueOf(columns[n], reader[n]), StringComparer.Ordinal);
            rows.Add(new StoredRow(table.GetTableName()!, key.Count == 1 ? cells[key[0]]! : string.Join(' ', key.Select(k => cells[k])), cells));
        }

        // Ids ascend, whether the engine gave them or the database.
        return [.. rows.OrderBy(r => r.Key)];
    }

    private static object? ValueOf(IProperty column, object stored) => (Nullable.GetUnderlyingType(column.ClrType) ?? column.ClrType, stored) switch
    {
        (_, DBNull) => null,
        (var type, string text) when type == typeof(Guid) => IdOf(text),
        (var type, string text) when type == typeof(DateTimeOffset) => TimeOf(text),
        (_, DateTime time) => time.Kind == DateTimeKind.Utc ? time : throw new FormatException($"{column.GetColumnName()} is not in UTC."),
        (var type, long flag) when type == typeof(bool) => flag == 1,
        // PostgreSQL orders the members of what it stores parsed.
        (_, string json) when column.PropertyInfo?.GetCustomAttribute<JsonColumnAttribute>() is { Binary: true } =>
            CanonicalJson.Write(JsonDocument.Parse(json).RootElement),
        (_, short or int or long) => Convert.ToInt64(stored, CultureInfo.InvariantCulture),
        (_, string or bool or Guid) => stored,
        _ => throw new NotSupportedException($"{column.GetColumnName()} holds a {stored.GetType().Name}."),
    };

    // In SQLite the form counts: text of another form is not found, or sorts wrongly.
    private static Guid IdOf(string text) =>
        !text.Any(char.IsLower) ? Guid.ParseExact(text, "D") : throw new FormatException($"The id {text} is not in capitals.");

    private static DateTime TimeOf(string text) => DateTime.ParseExact(
        text, "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
