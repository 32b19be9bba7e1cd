using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.Changes;

/// <summary>Folds what is too long to be read at a glance: its first characters are told, and how long it is.</summary>
internal static class LongText
{
    // What cannot be seen is made visible afterwards, and everything else stays as it is.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of a value: of a string its content, else its JSON.</summary>
    public static string Of(JsonNode? value) => value switch
    {
        JsonValue text when text.TryGetValue<string>(out var content) => content,
        null => "null",
        _ => value.ToJsonString(Readable),
    };

    /// <summary>Whether a value is folded. A number is not, nor is true, false or null: a part of it would be another one.</summary>
    public static bool CanFold(JsonNode? value) => value?.GetValueKind() is JsonValueKind.String or JsonValueKind.Object or JsonValueKind.Array;

    /// <summary>The first characters of a text that is longer than <paramref name="maxLength"/>, or all of it. A surrogate pair is not cut in two.</summary>
    public static string Fold(string text, int maxLength) =>
        text.Length <= maxLength ? text : text[..(char.IsSurrogatePair(text, maxLength - 1) ? maxLength - 1 : maxLength)];
}
