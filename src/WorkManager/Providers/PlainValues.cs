using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Providers;

/// <summary>The values that both databases store and return unchanged, whether they are sent as parameters, in arrays or in JSON.</summary>
/// <remarks>
/// All other types are refused, because some of them would be stored as something else: an enum as its number, a time with an offset as text that sorts
/// wrongly, a number without its fraction. A type is added to the list together with a test that it is stored unchanged.
/// </remarks>
internal static class PlainValues
{
    private static readonly FrozenSet<Type> Types =
        [typeof(string), typeof(bool), typeof(short), typeof(int), typeof(long), typeof(Guid), typeof(DateTime)];

    /// <summary>The type of a column's values as the provider takes them.</summary>
    /// <exception cref="NotSupportedException">The type is not in the list.</exception>
    public static Type TypeOf(IProperty column)
    {
        var type = column.GetTypeMapping().Converter?.ProviderClrType ?? column.ClrType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return Types.Contains(type) ? type : throw Refuse(type, $"{column.DeclaringType.ClrType.Name}.{column.Name}");
    }

    /// <summary>Returns the value if it can be stored unchanged.</summary>
    /// <param name="value">The value, or an array of them.</param>
    /// <param name="name">The column or parameter that it is for.</param>
    /// <exception cref="NotSupportedException">It is of another type, or is text or a time that one of the databases cannot keep.</exception>
    public static object? Ensure(object? value, string name) => value switch
    {
        null or bool or short or int or long or Guid => value,
        string text when IsText(text) => value,
        string => throw new NotSupportedException($"The text for {name} holds U+0000 or half of a surrogate pair, which cannot be stored."),
        DateTime { Kind: DateTimeKind.Utc } => value,
        DateTime => throw new NotSupportedException($"The time for {name} is not said to be UTC."),
        Array array when Types.Contains(array.GetType().GetElementType()!) => EnsureAll(array, name),
        _ => throw Refuse(value.GetType(), name),
    };

    private static Array EnsureAll(Array array, string name)
    {
        // All values of the other types can be stored.
        if (array is string[] or DateTime[])
        {
            foreach (var value in array)
            {
                Ensure(value, name);
            }
        }

        return array;
    }

    private static bool IsText(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0'))
        {
            return false;
        }

        for (var at = text.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0; at = text.IndexOfAnyInRange('\uD800', '\uDFFF'))
        {
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return false;
            }

            text = text[(at + 2)..];
        }

        return true;
    }

    private static NotSupportedException Refuse(Type type, string name) => new(
        $"A {type.Name} cannot be written for {name}. What arrives unchanged is: "
        + $"{string.Join(", ", Types.Select(t => t.Name).Order(StringComparer.Ordinal))}.");
}
