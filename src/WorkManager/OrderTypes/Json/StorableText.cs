using System.Text.Json;
using WorkManager.Errors;

namespace WorkManager.OrderTypes.Json;

/// <summary>Refuses text and numbers that one of the databases cannot keep, on both: PostgreSQL has no U+0000, SQLite takes it.</summary>
internal static class StorableText
{
    private const int MaxReason = 2_000;

    /// <summary>Checks why somebody does something: up to 2,000 characters.</summary>
    /// <exception cref="WorkValidationException">It is too long, or has a character that cannot be stored.</exception>
    public static void EnsureReason(string? reason)
    {
        if (reason is { Length: > MaxReason })
        {
            throw WorkValidationException.Argument("reason", ValidationCodes.MaxLength, $"The reason may have {MaxReason} characters.");
        }

        Ensure("reason", reason);
    }

    /// <exception cref="WorkValidationException">A string or name has such a character, or a number is too large or too long.</exception>
    public static void Ensure(string subject, JsonElement document)
    {
        switch (document.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in document.EnumerateObject())
                {
                    Ensure(subject, JsonText.TryGetName(member, out var name) ? name : "\0");
                    Ensure(subject, member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var element in document.EnumerateArray())
                {
                    Ensure(subject, element);
                }

                break;
            case JsonValueKind.String:
                Ensure(subject, JsonText.TryGetString(document, out var text) ? text : "\0");
                break;
            case JsonValueKind.Number when !StorableNumber.Fits(document):
                throw WorkValidationException.Argument(
                    subject, ValidationCodes.OutOfRange, $"The {subject} has a number that cannot be stored, such as 1e400.");
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

    /// <summary>Whether each surrogate has its other half. Half of a pair is no character: it cannot be written as UTF-8.</summary>
    public static bool IsWhole(ReadOnlySpan<char> text)
    {
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

    /// <summary>Whether both databases can keep the text.</summary>
    public static bool IsStorable(string text) => !text.Contains('\0', StringComparison.Ordinal) && IsWhole(text);

    private static WorkValidationException Refuse(string subject) =>
        WorkValidationException.Argument(subject, ValidationCodes.InvalidCharacter, $"The {subject} has a character that cannot be stored, such as U+0000.");
}
