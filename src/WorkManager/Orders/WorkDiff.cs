using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager;

/// <summary>What an apply changed: values before, values after, and the changes between them.</summary>
/// <remarks>Only the members at the top are compared, each as a whole. Never changes once made.</remarks>
public sealed class WorkDiff
{
    private WorkDiff(JsonObject before, JsonObject after, JsonObject changes, string? summary)
    {
        Before = before;
        After = after;
        Changes = changes;
        Summary = summary;
    }

    /// <summary>The values before.</summary>
    public JsonObject Before { get; }

    /// <summary>The values after.</summary>
    public JsonObject After { get; }

    /// <summary>
    /// A member for each difference: <c>{type: added, value}</c>, <c>{type: modified, from, to}</c> or <c>{type: removed, value}</c>.
    /// </summary>
    public JsonObject Changes { get; }

    /// <summary>A sentence for people, or null.</summary>
    public string? Summary { get; }

    /// <summary>Whether nothing differs.</summary>
    public bool IsEmpty => Changes.Count == 0;

    /// <summary>Whether something differs.</summary>
    public bool HasChanges => !IsEmpty;

    /// <summary>A diff without differences.</summary>
    /// <param name="summary">A sentence for people, or null.</param>
    /// <returns>The diff.</returns>
    public static WorkDiff Empty(string? summary = null) => new([], [], [], summary);

    /// <summary>Compares two sets of values.</summary>
    /// <param name="before">The values before.</param>
    /// <param name="after">The values after.</param>
    /// <param name="summary">A sentence for people, or null.</param>
    /// <returns>The diff.</returns>
    public static WorkDiff Between(JsonObject before, JsonObject after, string? summary = null)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        before = before.DeepClone().AsObject();
        after = after.DeepClone().AsObject();

        var changes = new JsonObject();
        foreach (var (key, value) in after)
        {
            if (!before.TryGetPropertyValue(key, out var old))
            {
                changes[key] = new JsonObject { ["type"] = "added", ["value"] = value?.DeepClone() };
            }
            else if (!JsonNode.DeepEquals(old, value))
            {
                changes[key] = new JsonObject { ["type"] = "modified", ["from"] = old?.DeepClone(), ["to"] = value?.DeepClone() };
            }
        }

        foreach (var (key, value) in before)
        {
            if (!after.ContainsKey(key))
            {
                changes[key] = new JsonObject { ["type"] = "removed", ["value"] = value?.DeepClone() };
            }
        }

        return new WorkDiff(before, after, changes, summary);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">JSON text.</param>
    /// <returns>The diff.</returns>
    /// <exception cref="JsonException">The text is no diff.</exception>
    public static WorkDiff Parse(string json) =>
        JsonNode.Parse(json) is JsonObject stored
        && stored["before"] is JsonObject before && stored["after"] is JsonObject after && stored["changes"] is JsonObject changes
            ? new WorkDiff(Own(before), Own(after), Own(changes), (string?)stored["summary"])
            : throw new JsonException("The text is no diff: it needs the members before, after and changes.");

    /// <summary>The diff as JSON with the members <c>before</c>, <c>after</c>, <c>changes</c> and <c>summary</c>.</summary>
    /// <returns>JSON text.</returns>
    public string ToJson() => new JsonObject
    {
        ["before"] = Before.DeepClone(),
        ["after"] = After.DeepClone(),
        ["changes"] = Changes.DeepClone(),
        ["summary"] = Summary,
    }.ToJsonString(JsonSerializerOptions.Web);

    private static JsonObject Own(JsonObject part) => part.DeepClone().AsObject();
}
