using System.Text.Json;
using System.Text.RegularExpressions;
using WorkManager.Errors;
using WorkManager.OrderTypes.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The rules for strings. One instance per document.</summary>
internal sealed class StringRules
{
    // A pattern that took too long once is not tried again on this document: a thousand hostile strings cost one timeout.
    private readonly HashSet<StringPattern> exhausted = [];

    public void Check(JsonContract contract, JsonElement value, ErrorList errors)
    {
        // PostgreSQL refuses U+0000 in text and jsonb, and SQLite accepts it. It is refused here for both.
        if (!JsonText.TryGetString(value, out var text) || text.Contains('\0', StringComparison.Ordinal))
        {
            errors.Add(ValidationCodes.InvalidCharacter, "The text holds a character that cannot be stored.");
        }
        else if (contract.Kind is JsonContractKind.String)
        {
            Check(contract, value, text, errors);
        }
    }

    private void Check(JsonContract contract, JsonElement value, string text, ErrorList errors)
    {
        if (!StringFormats.Fits(contract.Format, value, text))
        {
            errors.Add(ValidationCodes.Format, $"The value must be {ContractText.Of(contract.Format)}.");
        }
        else
        {
            Length(contract, value, text, errors);
        }

        AllowedValuesRule.Check(contract, value, errors);
        foreach (var pattern in contract.Constraints.Patterns)
        {
            if (Matches(pattern, text) is not true and var decided)
            {
                var message = decided is null
                    ? "The value could not be matched with its pattern in time."
                    : $"The value must match the pattern {pattern.Pattern}";
                errors.Add(ValidationCodes.Pattern, message);
            }
        }
    }

    private static void Length(JsonContract contract, JsonElement value, string text, ErrorList errors)
    {
        var constraints = contract.Constraints;
        if (constraints is { MinLength: null, MaxLength: null })
        {
            return;
        }

        var isBinary = contract.Format is StringFormat.Base64;
        var length = isBinary ? value.GetBytesFromBase64().Length : text.EnumerateRunes().Count();
        var unit = isBinary ? "bytes" : "characters";

        if (constraints.MinLength is { } least && length < least)
        {
            errors.Add(ValidationCodes.MinLength, $"The value must have at least {least} {unit}.");
        }
        else if (constraints.NotBlank && string.IsNullOrWhiteSpace(text))
        {
            errors.Add(ValidationCodes.MinLength, "The value must not be blank.");
        }

        if (constraints.MaxLength is { } most && length > most)
        {
            errors.Add(ValidationCodes.MaxLength, $"The value must have at most {most} {unit}.");
        }
    }

    /// <summary>Null: it could not be decided in time.</summary>
    private bool? Matches(StringPattern pattern, string text)
    {
        if (exhausted.Contains(pattern))
        {
            return null;
        }

        try
        {
            return pattern.Matches(text);
        }
        catch (RegexMatchTimeoutException)
        {
            exhausted.Add(pattern);
            return null;
        }
    }
}
