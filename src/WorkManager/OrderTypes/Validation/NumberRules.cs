using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using WorkManager.Errors;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The rules for numbers.</summary>
internal static class NumberRules
{
    public static void Check(JsonContract contract, JsonElement value, ErrorList errors)
    {
        if (contract.Kind is JsonContractKind.Integer && !IsIntegerText(JsonMarshal.GetRawUtf8Value(value)))
        {
            errors.Add(ValidationCodes.TypeMismatch, $"The value must be {ContractText.Of(contract)}, without fraction or exponent.");
            return;
        }

        if (contract.Kind is JsonContractKind.Integer || contract.Precision is NumberPrecision.Decimal)
        {
            Exact(contract, value, errors);
        }
        else
        {
            Floating(contract, value, errors);
        }

        AllowedValuesRule.Check(contract, value, errors);
    }

    // What System.Text.Json reads into an integer: 1.0 and 1e2 are whole numbers, and it refuses both.
    private static bool IsIntegerText(ReadOnlySpan<byte> text) => text.TrimStart((byte)'-').IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static void Exact(JsonContract contract, JsonElement value, ErrorList errors)
    {
        if (value.TryGetDecimal(out var number))
        {
            var limits = contract.Constraints;
            Limits(limits, limits.Minimum?.IsAbove(number) is true, limits.Maximum?.IsBelow(number) is true, errors);
        }
        else
        {
            OutOfRange(contract, value, errors);
        }
    }

    private static void Floating(JsonContract contract, JsonElement value, ErrorList errors)
    {
        // 1e400 parses as infinity, which no JSON can write again.
        var isFinite = contract.Precision is NumberPrecision.Single
            ? value.TryGetSingle(out var single) && float.IsFinite(single)
            : value.TryGetDouble(out var wide) && double.IsFinite(wide);

        if (isFinite)
        {
            var number = value.GetDouble();
            var limits = contract.Constraints;
            Limits(limits, limits.Minimum?.IsAbove(number) is true, limits.Maximum?.IsBelow(number) is true, errors);
        }
        else
        {
            OutOfRange(contract, value, errors);
        }
    }

    private static void Limits(JsonConstraints limits, bool tooLow, bool tooHigh, ErrorList errors)
    {
        if (tooLow && limits.Minimum is { } minimum)
        {
            errors.Add(ValidationCodes.Minimum, $"The value must be {(minimum.Exclusive ? "greater than" : "at least")} {minimum.Text}.");
        }

        if (tooHigh && limits.Maximum is { } maximum)
        {
            errors.Add(ValidationCodes.Maximum, $"The value must be {(maximum.Exclusive ? "less than" : "at most")} {maximum.Text}.");
        }
    }

    /// <summary>Refuses a number that no .NET type of the contract holds: its sign tells which limit it crosses.</summary>
    public static void OutOfRange(JsonContract contract, JsonElement value, ErrorList errors)
    {
        var (least, most) = contract switch
        {
            { Kind: JsonContractKind.Integer } => (contract.Constraints.Minimum!.Text, contract.Constraints.Maximum!.Text),
            { Precision: NumberPrecision.Decimal } => (Text(decimal.MinValue), Text(decimal.MaxValue)),
            { Precision: NumberPrecision.Single } => (Text(float.MinValue), Text(float.MaxValue)),
            _ => (Text(double.MinValue), Text(double.MaxValue)),
        };

        if (JsonMarshal.GetRawUtf8Value(value)[0] is (byte)'-')
        {
            errors.Add(ValidationCodes.Minimum, $"The number is out of range: the value must be at least {least}.");
        }
        else
        {
            errors.Add(ValidationCodes.Maximum, $"The number is out of range: the value must be at most {most}.");
        }
    }

    private static string Text(IFormattable limit) => limit.ToString(null, CultureInfo.InvariantCulture);
}
