using System.Text.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>
/// The rules for a JSON value at one place: both the coded errors and the exported JSON Schema come from them.
/// Immutable. A type that refers to itself does so through <see cref="Shape"/>, which is one instance per type.
/// </summary>
/// <param name="Kind">The JSON type.</param>
internal sealed record JsonContract(JsonContractKind Kind)
{
    public static JsonContract Any { get; } = new(JsonContractKind.Any) { Nullable = true };

    public static JsonContract Opaque { get; } = new(JsonContractKind.Opaque);

    /// <summary>Whether null is allowed, too.</summary>
    public bool Nullable { get; init; }

    public JsonConstraints Constraints { get; init; } = JsonConstraints.None;

    /// <summary>The format of a string.</summary>
    public StringFormat Format { get; init; }

    /// <summary>What the number is read into.</summary>
    public NumberPrecision Precision { get; init; }

    /// <summary>The contract of an array's elements or of a dictionary's values.</summary>
    public JsonContract? Element { get; init; }

    /// <summary>The members, for <see cref="JsonContractKind.Object"/>.</summary>
    public JsonObjectShape? Shape { get; init; }

    /// <summary>The rules of the type itself. Those of an object are in its <see cref="Shape"/>.</summary>
    public TypeRules? TypeRules { get; init; }

    /// <summary>The same contract with null allowed, or refused. Like JSON Schema, a list of allowed values must then list null.</summary>
    public JsonContract OrNull(bool allowed) => this with
    {
        Nullable = allowed,
        Constraints = allowed && Constraints.AllowedValues is { } values
            ? Constraints with { AllowedValues = [.. values, JsonSerializer.SerializeToElement<object?>(null)] }
            : Constraints,
    };
}
