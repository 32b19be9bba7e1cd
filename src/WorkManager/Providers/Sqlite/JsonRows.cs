using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WorkManager.Providers.Sqlite;

/// <summary>Rows as a JSON array of arrays, for <c>json_each</c>, with values as the provider stores them.</summary>
internal static class JsonRows
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="columns">How many values each has.</param>
    /// <param name="value">The value of a row in a column.</param>
    public static string Write(int rows, int columns, Func<int, int, object?> value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartArray();
            for (var row = 0; row < rows; row++)
            {
                json.WriteStartArray();
                for (var column = 0; column < columns; column++)
                {
                    Write(json, value(row, column));
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

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
