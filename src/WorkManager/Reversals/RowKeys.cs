using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Reversals;

/// <summary>Primary keys of rows, as JSON.</summary>
internal static class RowKeys
{
    /// <summary>The key of an entity that is not new.</summary>
    public static object?[] Of(EntityEntry entry) => [.. entry.Metadata.FindPrimaryKey()!.Properties.Select(p => entry.Property(p.Name).OriginalValue)];

    public static JsonArray ToJson(IEntityType type, IReadOnlyList<object?> key) =>
        [.. type.FindPrimaryKey()!.Properties.Zip(key, (property, value) => Member(property).ToJson(value))];

    public static object?[] FromJson(IEntityType type, JsonArray key) =>
        [.. type.FindPrimaryKey()!.Properties.Zip(key, (property, value) => Member(property).FromJson(value))];

    /// <summary>A text that is the same for the same key.</summary>
    public static string TextOf(IEntityType type, IReadOnlyList<object?> key) => ToJson(type, key).ToJsonString();

    /// <summary>The same of a row that was read.</summary>
    public static string TextOf(IReadOnlyList<IProperty> key, JsonObject row) => new JsonArray([.. key.Select(p => row[p.Name]?.DeepClone())]).ToJsonString();

    private static RowMember Member(IProperty property) => new(property, []);
}
