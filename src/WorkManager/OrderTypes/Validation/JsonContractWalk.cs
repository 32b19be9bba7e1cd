using System.Runtime.CompilerServices;
using System.Text.Json;
using WorkManager.Errors;
using WorkManager.OrderTypes.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>One walk over one document, side by side with its contract.</summary>
internal sealed class JsonContractWalk(int maxDepth, bool allowDuplicates)
{
    private readonly ErrorList errors = new();
    private readonly StringRules strings = new();

    public IReadOnlyList<ValidationError> Errors => errors.Errors;

    public void Value(JsonContract contract, JsonElement value)
    {
        if (errors.IsFull || IsTooDeep(value))
        {
            return;
        }

        if (value.ValueKind is JsonValueKind.Null)
        {
            Null(contract);
        }
        else if (!ContractText.Fits(contract.Kind, value.ValueKind))
        {
            errors.Add(ValidationCodes.TypeMismatch, $"The value must be {ContractText.Of(contract)}.");
        }
        else
        {
            Content(contract, value);
        }
    }

    private void Content(JsonContract contract, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when contract.Shape is { } shape:
                Object(shape, value);
                break;
            case JsonValueKind.Object:
                Dictionary(contract, value);
                break;
            case JsonValueKind.Array:
                Array(contract, value);
                break;
            case JsonValueKind.String:
                strings.Check(contract, value, errors);
                break;
            case JsonValueKind.Number when contract.Kind is JsonContractKind.Integer or JsonContractKind.Number:
                NumberRules.Check(contract, value, errors);
                break;
            case JsonValueKind.Number when contract.Kind is JsonContractKind.Any && !StorableNumber.Fits(value):
                NumberRules.OutOfRange(contract, value, errors);
                break;
            default:
                AllowedValuesRule.Check(contract, value, errors);
                break;
        }
    }

    private void Null(JsonContract contract)
    {
        if (!contract.Nullable)
        {
            errors.Add(ValidationCodes.TypeMismatch, $"The value must be {ContractText.Of(contract)}, not null.");
        }
        else
        {
            AllowedValuesRule.Check(contract, default, errors);
        }
    }

    private void Object(JsonObjectShape declared, JsonElement value)
    {
        if (Variant(declared, value) is not { } shape)
        {
            return;
        }

        var seen = new HashSet<string>(shape.Names);
        foreach (var member in value.EnumerateObject())
        {
            if (errors.IsFull)
            {
                return;
            }

            if (!Name(member, seen, out var name))
            {
                continue;
            }

            errors.Path.Push(name);
            Member(declared, shape, name, member.Value);
            errors.Path.Pop();
        }

        foreach (var property in shape.Properties)
        {
            if (property.Required && !seen.Contains(property.Name))
            {
                errors.Add(property.Name, ValidationCodes.Required, property.MessageOf(ValidationCodes.Required, "The field is required."));
            }
        }
    }

    private void Member(JsonObjectShape declared, JsonObjectShape shape, string name, JsonElement value)
    {
        if (shape.TryGetProperty(name, out var property))
        {
            var known = errors.Errors.Count;
            Value(property.ReadOnly ? JsonContract.Any : property.Contract, value);
            if (property.Messages.Count > 0)
            {
                errors.Reword(known, property);
            }
        }
        else if (declared.Polymorphism?.Discriminator != name && !shape.AllowsUnknown)
        {
            var meant = Suggestion.For(name, shape.Properties.Select(p => p.Name));
            errors.Add(ValidationCodes.UnknownProperty, meant is null ? "There is no such field." : $"There is no such field. Did you mean `{meant}`?");
        }
        else
        {
            Value(JsonContract.Any, value);
        }
    }

    /// <summary>The type that the object says it is; null, with an error, if it says none that is known.</summary>
    private JsonObjectShape? Variant(JsonObjectShape declared, JsonElement value)
    {
        if (declared.Polymorphism is not { } polymorphism)
        {
            return declared;
        }

        if (!JsonText.TryGetMember(value, polymorphism.Discriminator, out var discriminator))
        {
            if (!polymorphism.AllowsBase)
            {
                errors.Add(polymorphism.Discriminator, ValidationCodes.Required, "The field is required.");
            }

            return polymorphism.AllowsBase ? declared : null;
        }

        if (polymorphism.Find(discriminator) is { } variant)
        {
            return variant.Shape;
        }

        if (polymorphism.AllowsUnknown)
        {
            return declared;
        }

        errors.Add(polymorphism.Discriminator, ValidationCodes.EnumInvalid, ContractText.Choices(polymorphism.Variants.Select(static v => v.Discriminator)));
        return null;
    }

    private void Dictionary(JsonContract contract, JsonElement value)
    {
        var element = contract.Element ?? JsonContract.Any;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (errors.IsFull)
            {
                return;
            }

            if (Name(member, seen, out var name))
            {
                errors.Path.Push(name);
                Value(element, member.Value);
                errors.Path.Pop();
            }
        }

        Count(contract, seen.Count);
    }

    private void Array(JsonContract contract, JsonElement value)
    {
        Count(contract, value.GetArrayLength());

        var element = contract.Element ?? JsonContract.Any;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (errors.IsFull)
            {
                return;
            }

            errors.Path.Push(index++);
            Value(element, item);
            errors.Path.Pop();
        }
    }

    private void Count(JsonContract contract, int count)
    {
        if (contract.Constraints.MinItems is { } least && count < least)
        {
            errors.Add(ValidationCodes.MinItems, $"There must be at least {least} items.");
        }

        if (contract.Constraints.MaxItems is { } most && count > most)
        {
            errors.Add(ValidationCodes.MaxItems, $"There must be at most {most} items.");
        }
    }

    /// <summary>Reads a name; false, with an error, if its value need not be checked.</summary>
    private bool Name(JsonProperty member, HashSet<string> seen, out string name)
    {
        if (!JsonText.TryGetName(member, out name!) || name.Contains('\0', StringComparison.Ordinal))
        {
            errors.Add(ValidationCodes.InvalidCharacter, "The name of a field holds a character that cannot be stored.");
            return false;
        }

        if (!seen.Add(name) && !allowDuplicates)
        {
            errors.Add(name, ValidationCodes.DuplicateProperty, "The field is given more than once.");
            return false;
        }

        return true;
    }

    // The remaining stack is checked, too: a host may set a depth that is too much for its threads.
    private bool IsTooDeep(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)
            || (errors.Path.Depth < maxDepth && RuntimeHelpers.TryEnsureSufficientExecutionStack()))
        {
            return false;
        }

        errors.Add(ValidationCodes.MaxDepth, $"The document is nested more than {maxDepth} levels deep.");
        return true;
    }
}
