using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WorkManager.Execution;

namespace WorkManager.Providers.Sqlite;

/// <summary>Rows as one JSON array of arrays.</summary>
internal sealed class SqliteTableStatements : TableStatements
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    protected override string Build(TableChange change, TableNames names, Func<object, string> bind)
    {
        if (change.IsNew)
        {
            var values = string.Join(", ", names.Columns.Select((_, i) => $"value ->> {i}"));
            return $"INSERT INTO {names.Table} ({string.Join(", ", names.Columns)}) SELECT {values} FROM json_each({bind(Write(change, withKey: false))})";
        }

        var assignments = string.Join(", ", names.Columns.Select((name, i) => $"{name} = r.value ->> {i + 1}"));
        return $"UPDATE {names.Table} AS t SET {assignments} FROM json_each({bind(Write(change, withKey: true))}) AS r WHERE t.{names.Key} = r.value ->> 0";
    }

    private static string Write(TableChange change, bool withKey)
    {
        var key = change.Table.FindPrimaryKey()!.Properties.Single();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartArray();
            foreach (var row in change.Rows)
            {
                json.WriteStartArray();
                if (withKey)
                {
                    Write(json, ValueOf(key, row));
                }

                foreach (var column in change.Columns)
                {
                    Write(json, ValueOf(column, row));
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a value as the provider stores it.</summary>
    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case Guid id:
                json.WriteStringValue(SqliteDialect.IdText(id));
                break;
            case DateTime time:
                json.WriteStringValue(time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture));
                break;
            case bool flag:
                json.WriteNumberValue(flag ? 1 : 0);
                break;
            default:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
