using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;

namespace WorkManager.OrderTypes.Validation;

/// <summary>One member of a type.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Contract">The rules for its value.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="ReadOnly">Whether reading passes over it: a computed property that the type writes and does not read back.</param>
internal sealed record JsonPropertyContract(string Name, JsonContract Contract, bool Required, bool ReadOnly)
{
    /// <summary>Its name in the host's code.</summary>
    public string MemberName { get; init; } = Name;

    /// <summary>Reads it from an object; null if it cannot be read.</summary>
    public Func<object, object?>? Get { get; init; }

    /// <summary>What the host says in place of our messages, by their codes.</summary>
    public IReadOnlyDictionary<string, string> Messages { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The validation attributes that the contract does not express. They run on the object.</summary>
    public IReadOnlyList<ValidationAttribute> Rules { get; init; } = [];
}
