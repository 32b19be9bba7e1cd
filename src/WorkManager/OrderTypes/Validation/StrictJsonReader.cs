using System.Text.Json;
using WorkManager.Errors;

namespace WorkManager.OrderTypes.Validation;

/// <summary>Turns what was sent into an object of the host's type, or into everything that is wrong with it.</summary>
internal sealed class StrictJsonReader(JsonSerializerOptions options)
{
    private readonly JsonContractBuilder contracts = JsonContractBuilder.For(options);

    /// <summary>Reads a document.</summary>
    /// <param name="document">What was sent.</param>
    /// <param name="type">The host's type.</param>
    /// <param name="errors">Everything that is wrong; empty if the document was read.</param>
    /// <returns>The object; null if there are errors, or if null is what was sent and may be sent.</returns>
    public object? Read(JsonElement document, Type type, out IReadOnlyList<ValidationError> errors)
    {
        errors = Validate(document, type);
        if (errors.Count > 0)
        {
            return null;
        }

        try
        {
            return document.Deserialize(options.GetTypeInfo(type));
        }
        catch (JsonException refused)
        {
            errors = [Refusal(JsonErrorPath.ToField(refused.Path))];
        }
        catch (Exception refused) when (refused is ArgumentException or FormatException or OverflowException)
        {
            // A constructor or setter of the host's type refused it. Its message may quote the value.
            errors = [Refusal("")];
        }

        return null;
    }

    /// <summary>Finds everything that is wrong without reading: what a converter of the host would refuse stays unseen.</summary>
    public IReadOnlyList<ValidationError> Validate(JsonElement document, Type type) =>
        JsonContractValidator.Validate(contracts.Build(type), document, options);

    private static ValidationError Refusal(string field) => new(field, ValidationCodes.Invalid, "The value does not fit the type of the field.");
}
