using System.Text.Json.Nodes;
using WorkManager.Errors;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Reviewing;

/// <summary>The reasons for which a reviewer refuses results.</summary>
internal static class Reasons
{
    private const int MaxReasons = 100;

    /// <summary>Checks what a reviewer says, and writes it as it is stored.</summary>
    /// <exception cref="WorkValidationException">There is no reason, or too many, or one breaks a rule.</exception>
    public static JsonArray Check(IReadOnlyList<RejectionReason> reasons)
    {
        var errors = new List<ValidationError>();
        if (reasons.Count is 0 or > MaxReasons)
        {
            var code = reasons.Count == 0 ? ValidationCodes.MinItems : ValidationCodes.MaxItems;
            errors.Add(new ValidationError("reasons", code, $"Give 1 to {MaxReasons} reasons."));
        }

        for (var i = 0; i < Math.Min(reasons.Count, MaxReasons); i++)
        {
            CheckText(errors, $"reasons.{i}.code", reasons[i]?.Code, 100);
            CheckText(errors, $"reasons.{i}.message", reasons[i]?.Message, 2_000);
            CheckText(errors, $"reasons.{i}.field", reasons[i]?.Field, 500, required: false);
        }

        if (errors.Count > 0)
        {
            throw new WorkValidationException("rejection", errors);
        }

        return new JsonArray([.. reasons.Select(r => new JsonObject { ["code"] = r.Code, ["message"] = r.Message, ["field"] = r.Field })]);
    }

    private static void CheckText(List<ValidationError> errors, string field, string? text, int maxLength, bool required = true)
    {
        if (required && string.IsNullOrWhiteSpace(text))
        {
            errors.Add(new ValidationError(field, ValidationCodes.Required, "A text is required."));
        }
        else if (text?.Length > maxLength)
        {
            errors.Add(new ValidationError(field, ValidationCodes.MaxLength, $"The text may have {maxLength} characters."));
        }

        StorableText.Ensure(field, text);
    }
}
