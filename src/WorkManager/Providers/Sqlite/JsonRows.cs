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
    /// <param name="columns">What the values of each are called.</param>
    /// <param name="value">The value of a row in a column.</param>
    /// <exception cref="NotSupportedException">A value would not arrive as it is.</exception>
    public static string Write(int rows, IReadOnlyList<string> columns, Func<int, int, object?> value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartArray();
            for (var row = 0; row < rows; row++)
            {
                json.WriteStartArray();
                for (var column = 0; column < columns.Count; column++)
                {
                    Write(json, PlainValues.Ensure(value(row, column), columns[column]), columns[column]);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, object? value, string column)
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
            case short or int or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                throw new NotSupportedException($"A {value.GetType().Name} cannot be written as JSON for {column}.");
        }
    }
}
