using System.Globalization;

namespace WorkManager.OrderTypes.Validation;

/// <summary>Reads the path of a <see cref="System.Text.Json.JsonException"/>: <c>$.user['first name'].tags[0]</c>.</summary>
internal static class JsonErrorPath
{
    public static string ToField(string? path)
    {
        var field = new FieldPath();
        var rest = path.AsSpan().TrimStart('$');
        while (!rest.IsEmpty)
        {
            var (start, end, next) = rest switch
            {
                ['[', '\'', ..] => Quoted(rest),
                ['[', ..] => Until(rest, 1, ']', 1),
                ['.', ..] => Plain(rest, 1),
                _ => Plain(rest, 0),
            };

            Push(field, rest[start..end]);
            rest = rest[next..];
        }

        return field.ToString();
    }

    private static void Push(FieldPath field, ReadOnlySpan<char> segment)
    {
        if (int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            field.Push(index);
        }
        else
        {
            field.Push(segment.ToString());
        }
    }

    // The name itself is not escaped in the path; the first closing mark is as good as any.
    private static (int Start, int End, int Next) Quoted(ReadOnlySpan<char> rest)
    {
        var length = rest[2..].IndexOf("']", StringComparison.Ordinal);
        return length < 0 ? (2, rest.Length, rest.Length) : (2, 2 + length, 2 + length + 2);
    }

    private static (int Start, int End, int Next) Until(ReadOnlySpan<char> rest, int start, char end, int skip)
    {
        var length = rest[start..].IndexOf(end);
        return length < 0 ? (start, rest.Length, rest.Length) : (start, start + length, start + length + skip);
    }

    private static (int Start, int End, int Next) Plain(ReadOnlySpan<char> rest, int start)
    {
        var length = rest[start..].IndexOfAny('.', '[');
        var end = length < 0 ? rest.Length : Math.Max(start + length, start);
        return (start, end, Math.Max(end, 1));
    }
}
