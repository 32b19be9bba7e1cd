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

    /// <summary>What has a message of the host's in place of ours, by the codes of the errors.</summary>
    public IReadOnlyDictionary<string, ValidationAttribute> Messages { get; init; } = FrozenDictionary<string, ValidationAttribute>.Empty;

    /// <summary>The message of an error.</summary>
    public string MessageOf(string code, string ours) => Messages.TryGetValue(code, out var annotation) ? annotation.FormatErrorMessage(Name) : ours;

    /// <summary>The validation attributes that the contract does not express. They run on the object.</summary>
    public IReadOnlyList<ValidationAttribute> Rules { get; init; } = [];
}
