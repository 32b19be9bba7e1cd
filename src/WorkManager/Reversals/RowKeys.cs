using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Reversals;

/// <summary>Keys of rows, as JSON.</summary>
internal static class RowKeys
{
    /// <summary>Values of an entity that is not new, as they were read.</summary>
    public static object?[] Of(EntityEntry entry, IEnumerable<IProperty> key) => [.. key.Select(p => entry.Property(p.Name).OriginalValue)];

    public static JsonArray ToJson(IReadOnlyList<IProperty> key, IReadOnlyList<object?> values) =>
        [.. key.Zip(values, (property, value) => RowMember.Of(property).ToJson(value))];

    public static object?[] FromJson(IReadOnlyList<IProperty> key, JsonArray values) =>
        [.. key.Zip(values, (property, value) => RowMember.Of(property).FromJson(value))];

    /// <summary>A text that is the same for the same values.</summary>
    public static string TextOf(IReadOnlyList<IProperty> key, IReadOnlyList<object?> values) => ToJson(key, values).ToJsonString();

    /// <summary>The same of a row that was read.</summary>
    public static string TextOf(IReadOnlyList<IProperty> key, JsonObject row) =>
        new JsonArray([.. key.Select(p => row[RowMember.Of(p).Path]?.DeepClone())]).ToJsonString();
}
