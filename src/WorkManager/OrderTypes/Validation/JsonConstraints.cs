using System.Text.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The rules beyond the JSON type. Null and empty mean that there is no rule.</summary>
internal sealed record JsonConstraints
{
    public static JsonConstraints None { get; } = new();

    /// <summary>Least length of a string, in Unicode characters as JSON Schema counts them; of binary data in bytes.</summary>
    public int? MinLength { get; init; }

    /// <summary>Greatest length of a string, counted like <see cref="MinLength"/>.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether a string must hold more than white space.</summary>
    public bool NotBlank { get; init; }

    public IReadOnlyList<StringPattern> Patterns { get; init; } = [];

    public NumberLimit? Minimum { get; init; }

    public NumberLimit? Maximum { get; init; }

    /// <summary>Least number of elements of an array or entries of a dictionary.</summary>
    public int? MinItems { get; init; }

    /// <summary>Greatest number of elements of an array or entries of a dictionary.</summary>
    public int? MaxItems { get; init; }

    /// <summary>The only values that are allowed: the names of an enum, or what the host listed.</summary>
    public IReadOnlyList<JsonElement>? AllowedValues { get; init; }
}
