using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WorkManager.OrderTypes.Json;

/// <summary>
/// One text for one JSON value, whatever the order of its members and the white space: names sorted by UTF-16 code unit,
/// number text kept digit for digit (1.0 and 1 differ), and only those characters escaped that must be.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Writes the value in canonical form.</summary>
    /// <param name="value">The value. Of duplicate names all are kept, in their order.</param>
    /// <returns>The canonical text.</returns>
    /// <exception cref="ArgumentException">The element holds no value.</exception>
    public static string Write(JsonElement value)
    {
        var text = new StringBuilder();
        WriteValue(value, text);
        return text.ToString();
    }

    /// <summary>Hashes the canonical form.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The SHA-256 of the canonical text in UTF-8: 64 lower-case hexadecimal digits.</returns>
    /// <exception cref="ArgumentException">The element holds no value.</exception>
    public static string Hash(JsonElement value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Write(value))));

    private static void WriteValue(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, text);
                break;
            case JsonValueKind.Array:
                WriteArray(value, text);
                break;
            case JsonValueKind.String:
                WriteString(value, text);
                break;
            case JsonValueKind.Undefined:
                throw new ArgumentException("The element holds no JSON value.", nameof(value));
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void WriteObject(JsonElement value, StringBuilder text)
    {
        // OrderBy is stable, which duplicate names need.
        var members = value.EnumerateObject().Select(static p => (Name: QuotedName(p), p.Value)).OrderBy(static m => m.Name.Key, StringComparer.Ordinal);
        var separator = '{';
        foreach (var (name, member) in members)
        {
            text.Append(separator).Append(name.Quoted).Append(':');
            WriteValue(member, text);
            separator = ',';
        }

        text.Append(separator is '{' ? "{}" : "}");
    }

    private static void WriteArray(JsonElement value, StringBuilder text)
    {
        text.Append('[');
        var first = true;
        foreach (var element in value.EnumerateArray())
        {
            if (!first)
            {
                text.Append(',');
            }

            WriteValue(element, text);
            first = false;
        }

        text.Append(']');
    }

    // Half a surrogate pair cannot become a string. It is hashed as it was sent; validation refuses it elsewhere.
    private static void WriteString(JsonElement value, StringBuilder text)
    {
        if (JsonText.TryGetString(value, out var content))
        {
            Quote(content, text);
        }
        else
        {
            text.Append(value.GetRawText());
        }
    }

    private static (string Key, string Quoted) QuotedName(JsonProperty property)
    {
        if (!JsonText.TryGetName(property, out var name))
        {
            var raw = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(property));
            return (raw, $"\"{raw}\"");
        }

        var quoted = new StringBuilder(name.Length + 2);
        Quote(name, quoted);
        return (name, quoted.ToString());
    }

    // Not an encoder of System.Text.Json: which characters those escape depends on the Unicode tables of the runtime,
    // and a hash must survive an update.
    private static void Quote(string content, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in content)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
