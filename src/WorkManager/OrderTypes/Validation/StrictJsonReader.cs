using System.Text.Json;
using WorkManager.Errors;

namespace WorkManager.OrderTypes.Validation;

/// <summary>Reads what was sent as an object of the host's type, or finds everything that is wrong with it.</summary>
internal sealed class StrictJsonReader(JsonSerializerOptions options)
{
    private readonly JsonContractBuilder contracts = JsonContractBuilder.For(options);

    /// <summary>Reads a document.</summary>
    /// <param name="document">What was sent.</param>
    /// <param name="type">The host's type.</param>
    /// <param name="errors">Everything that is wrong; empty if the document was read.</param>
    /// <returns>The object; null if there are errors, or if null is what was sent and may be sent.</returns>
    /// <exception cref="WorkManagerException">Code of the host's that reads or checks it threw.</exception>
    public object? Read(JsonElement document, Type type, out IReadOnlyList<ValidationError> errors)
    {
        errors = Validate(document, type);
        if (errors.Count > 0)
        {
            return null;
        }

        if (!TryDeserialize(document, type, out var value, out errors))
        {
            return null;
        }

        errors = ObjectRules.Check(contracts.Build(type), value);
        return errors.Count > 0 ? null : value;
    }

    private bool TryDeserialize(JsonElement document, Type type, out object? value, out IReadOnlyList<ValidationError> errors)
    {
        (value, errors) = (null, []);
        try
        {
            value = document.Deserialize(options.GetTypeInfo(type));
            return true;
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
        catch (Exception failure) when (failure is not WorkManagerException)
        {
            throw new WorkManagerException(
                WorkErrorCodes.RuleFailed, $"Code of the application failed when {type.Name} was read from JSON. Its own exception is the inner one.", failure);
        }

        return false;
    }

    // What a converter or a rule of the host would refuse is not found here.
    internal IReadOnlyList<ValidationError> Validate(JsonElement document, Type type) =>
        JsonContractValidator.Validate(contracts.Build(type), document, options);

    private static ValidationError Refusal(string field) => new(field, ValidationCodes.Invalid, "The value does not fit the type of the field.");
}
