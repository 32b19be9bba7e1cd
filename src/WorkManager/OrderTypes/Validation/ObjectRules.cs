using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using WorkManager.Errors;

namespace WorkManager.OrderTypes.Validation;

/// <summary>
/// Runs the host's own rules on an object that was read: validation attributes that a contract does not express, those on types, and
/// <see cref="IValidatableObject"/>. As in <see cref="Validator"/>, an object's <c>Validate</c> runs only if its attributes are satisfied.
/// </summary>
internal sealed class ObjectRules
{
    private static readonly ConditionalWeakTable<JsonObjectShape, object> Reaching = [];

    private readonly ErrorList errors = new();

    /// <summary>Finds everything that the rules refuse.</summary>
    /// <param name="contract">The contract of the document.</param>
    /// <param name="value">The object that was read from it.</param>
    /// <exception cref="WorkManagerException">A rule, or a getter that it needs, threw.</exception>
    public static IReadOnlyList<ValidationError> Check(JsonContract contract, object? value)
    {
        if (!Reaches(contract))
        {
            return [];
        }

        var rules = new ObjectRules();
        try
        {
            rules.Visit(contract, value);
        }
        catch (Exception failure) when (failure is not WorkManagerException)
        {
            throw new WorkManagerException(
                WorkErrorCodes.RuleFailed, "A validation rule of the application failed on this value. Its own exception is the inner one.", failure);
        }

        return rules.errors.Errors;
    }

    private void Visit(JsonContract contract, object? value)
    {
        if (value is null || errors.IsFull || !Reaches(contract))
        {
            return;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (contract)
        {
            case { Kind: JsonContractKind.Object, Shape: { } shape }:
                VisitObject(ShapeOf(shape, value), value);
                break;
            case { Kind: JsonContractKind.Array, Element: { } element } when value is IEnumerable elements:
                VisitElements(element, elements);
                break;
            case { Kind: JsonContractKind.Dictionary, Element: { } element } when value is IDictionary entries:
                VisitEntries(element, entries);
                break;
        }

        if (contract.TypeRules is { } rules)
        {
            VisitType(rules, value, static name => name, refused: false);
        }
    }

    private void VisitObject(JsonObjectShape shape, object value)
    {
        var refused = false;
        foreach (var property in shape.Properties)
        {
            // Getters run code of the host: only those that a rule needs.
            if (property.Get is not { } get || (property.Rules.Count == 0 && (property.ReadOnly || !Reaches(property.Contract))))
            {
                continue;
            }

            var member = get(value);
            errors.Path.Push(property.Name);
            foreach (var rule in property.Rules)
            {
                refused |= Refuses(rule, member, value, property.MemberName, property.Name);
            }

            Visit(property.Contract, member);
            errors.Path.Pop();
        }

        if (shape.TypeRules is { } rules)
        {
            VisitType(rules, value, name => shape.Properties.FirstOrDefault(p => p.MemberName == name)?.Name ?? name, refused);
        }
    }

    /// <summary>Runs the attributes of a type, and <see cref="IValidatableObject"/> if nothing was refused before.</summary>
    private void VisitType(TypeRules rules, object value, Func<string, string> nameOf, bool refused)
    {
        foreach (var rule in rules.Attributes)
        {
            refused |= Add(rule.GetValidationResult(value, Context(value, null, rules.Type.Name)), nameOf);
        }

        if (!refused && value is IValidatableObject validatable)
        {
            foreach (var result in validatable.Validate(Context(value, null, rules.Type.Name)) ?? [])
            {
                Add(result, nameOf);
            }
        }
    }

    private void VisitElements(JsonContract contract, IEnumerable elements)
    {
        var index = 0;
        foreach (var element in elements)
        {
            errors.Path.Push(index++);
            Visit(contract, element);
            errors.Path.Pop();
        }
    }

    private void VisitEntries(JsonContract contract, IDictionary entries)
    {
        foreach (DictionaryEntry entry in entries)
        {
            errors.Path.Push(entry.Key.ToString() ?? "");
            Visit(contract, entry.Value);
            errors.Path.Pop();
        }
    }

    private bool Refuses(ValidationAttribute rule, object? value, object owner, string? member, string display)
    {
        if (rule.GetValidationResult(value, Context(owner, member, display)) is not { } refusal || refusal == ValidationResult.Success)
        {
            return false;
        }

        errors.Add(ValidationCodes.Rule, MessageOf(refusal));
        return true;
    }

    /// <summary>Adds what a rule of a type refuses, at the members that it names.</summary>
    /// <returns>Whether it refuses anything.</returns>
    private bool Add(ValidationResult? result, Func<string, string> nameOf)
    {
        if (result is null || result == ValidationResult.Success)
        {
            return false;
        }

        var names = result.MemberNames.ToList();
        foreach (var name in names)
        {
            errors.Add(nameOf(name), ValidationCodes.Rule, MessageOf(result));
        }

        if (names.Count == 0)
        {
            errors.Add(ValidationCodes.Rule, MessageOf(result));
        }

        return true;
    }

    private static string MessageOf(ValidationResult refusal) => refusal.ErrorMessage is { Length: > 0 } message ? message : "The value is not valid.";

    private static ValidationContext Context(object owner, string? member, string display) =>
        new(owner, display, serviceProvider: null, items: null) { MemberName = member };

    private static JsonObjectShape ShapeOf(JsonObjectShape declared, object value) =>
        declared.Polymorphism?.Variants.FirstOrDefault(v => v.Shape.Type == value.GetType())?.Shape ?? declared;

    /// <summary>Whether anything below a contract has rules. Most documents have none, and are not visited.</summary>
    private static bool Reaches(JsonContract contract) => contract switch
    {
        { TypeRules: not null } => true,
        { Shape: { } shape } => (bool)Reaching.GetValue(shape, static s => Reaches(s, [])),
        { Element: { } element } => Reaches(element),
        _ => false,
    };

    private static bool Reaches(JsonContract contract, HashSet<JsonObjectShape> seen) =>
        contract.TypeRules is not null
        || (contract.Shape is { } shape && Reaches(shape, seen))
        || (contract.Element is { } element && Reaches(element, seen));

    private static bool Reaches(JsonObjectShape shape, HashSet<JsonObjectShape> seen) =>
        seen.Add(shape) && (shape.HasRules
            || shape.Properties.Any(p => Reaches(p.Contract, seen))
            || (shape.Polymorphism?.Variants.Any(v => Reaches(v.Shape, seen)) ?? false));
}
