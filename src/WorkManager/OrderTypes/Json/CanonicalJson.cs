using System.Buffers;
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
    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(c => (char)c), '"', '\\']);

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
        var separator = '{';
        foreach (var (name, isRaw, member) in Sorted([.. value.EnumerateObject().Select(Member)]))
        {
            text.Append(separator);
            _ = isRaw ? text.Append('"').Append(name).Append('"') : Quote(name, text);
            text.Append(':');
            WriteValue(member, text);
            separator = ',';
        }

        text.Append(separator is '{' ? "{}" : "}");
    }

    // Most objects come sorted, or are small. OrderBy is stable, which duplicate names need.
    private static IEnumerable<(string Name, bool IsRaw, JsonElement Value)> Sorted(List<(string Name, bool IsRaw, JsonElement Value)> members)
    {
        for (var i = 1; i < members.Count; i++)
        {
            if (string.CompareOrdinal(members[i - 1].Name, members[i].Name) > 0)
            {
                return members.OrderBy(static m => m.Name, StringComparer.Ordinal);
            }
        }

        return members;
    }

    private static (string Name, bool IsRaw, JsonElement Value) Member(JsonProperty property) => JsonText.TryGetName(property, out var name)
        ? (name, false, property.Value)
        : (Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(property)), true, property.Value);

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

    // Not an encoder of System.Text.Json: which characters those escape depends on the Unicode tables of the runtime,
    // and a hash must survive an update.
    private static StringBuilder Quote(string content, StringBuilder text)
    {
        text.Append('"');
        var rest = content.AsSpan();
        for (var i = rest.IndexOfAny(Escaped); i >= 0; i = rest.IndexOfAny(Escaped))
        {
            text.Append(rest[..i]);
            _ = rest[i] switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                var control => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)control:x4}"),
            };
            rest = rest[(i + 1)..];
        }

        return text.Append(rest).Append('"');
    }
}
