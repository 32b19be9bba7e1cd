using System.Text.Json;
using WorkManager.Errors;

namespace WorkManager.OrderTypes.Validation;

/// <summary>Enums and [AllowedValues].</summary>
internal static class AllowedValuesRule
{
    /// <summary>Checks a value; an element without a value stands for null.</summary>
    public static void Check(JsonContract contract, JsonElement value, ErrorList errors)
    {
        if (contract.Constraints.AllowedValues is not { } allowed)
        {
            return;
        }

        var isNull = value.ValueKind is JsonValueKind.Undefined;
        if (!allowed.Any(a => isNull ? a.ValueKind is JsonValueKind.Null : JsonElement.DeepEquals(a, value)))
        {
            errors.Add(ValidationCodes.EnumInvalid, ContractText.Choices(allowed));
        }
    }
}
