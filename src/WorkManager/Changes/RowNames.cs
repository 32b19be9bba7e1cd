using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Changes;

/// <summary>
/// Names rows for people: <c>table:key</c>, with a JSON array of the values if the key has several columns; <c>new:table:n</c> if they are added.
/// </summary>
internal static class RowNames
{
    // What begins with this is the name of a row that is not there yet.
    private const string New = "new:";

    /// <summary>The name of the n-th row that is added to a table: its key may not be known yet, or may be another one the next time.</summary>
    public static string OfNew(string table, int n) => string.Create(CultureInfo.InvariantCulture, $"{New}{table}:{n}");

    /// <summary>Whether a row is one that is added. Another order's of the same name is another row.</summary>
    public static bool IsNew(string row) => row.StartsWith(New, StringComparison.Ordinal);

    public static string TableOf(EntityEntry entry) => TableOf(entry.Metadata);

    public static string TableOf(IEntityType type) => type.GetTableName() ?? type.DisplayName();

    public static string KeyOf(EntityEntry entry, string table) =>
        Of(table, entry.Metadata.FindPrimaryKey()?.Properties.Select(p => entry.Property(p.Name).OriginalValue));

    /// <param name="table">The table.</param>
    /// <param name="key">The values of the key; null if there is none.</param>
    public static string Of(string table, IEnumerable<object?>? key)
    {
        var values = key?.Select(TextOf).ToList();
        return values switch
        {
            null => table,
            [var value] => $"{table}:{value}",
            // Whatever the values hold, they can be read back.
            _ => $"{table}:{JsonSerializer.Serialize(values, JsonSerializerOptions.Web)}",
        };
    }

    // The usual text of a time has no fractions of a second, and that of bytes is the name of their type: two rows would have one name. That of a date is
    // read differently by different people.
    public static string? TextOf(object? value) => value switch
    {
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToBase64String(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
