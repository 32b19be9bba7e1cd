using System.Text.Json;
using WorkManager.Errors;

namespace WorkManager.OrderTypes.Json;

/// <summary>Refuses text that one of the databases cannot keep, on both: PostgreSQL has no U+0000, SQLite takes it.</summary>
internal static class StorableText
{
    /// <exception cref="WorkValidationException">A string or name has such a character.</exception>
    public static void Ensure(string subject, JsonElement document)
    {
        if (!IsStorable(document))
        {
            throw Refuse(subject);
        }
    }

    /// <exception cref="WorkValidationException">The text has such a character.</exception>
    public static void Ensure(string subject, string? text)
    {
        if (text is not null && !IsStorable(text))
        {
            throw Refuse(subject);
        }
    }

    private static bool IsStorable(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(p => JsonText.TryGetName(p, out var name) && IsStorable(name) && IsStorable(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(IsStorable),
        JsonValueKind.String => JsonText.TryGetString(element, out var text) && IsStorable(text),
        _ => true,
    };

    // A lone surrogate is no character: it cannot be written as UTF-8.
    private static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))))
            {
                return false;
            }

            i += char.IsHighSurrogate(text[i]) ? 1 : 0;
        }

        return true;
    }

    private static WorkValidationException Refuse(string subject) =>
        WorkValidationException.Argument(subject, ValidationCodes.InvalidCharacter, $"The {subject} has a character that cannot be stored, such as U+0000.");
}
