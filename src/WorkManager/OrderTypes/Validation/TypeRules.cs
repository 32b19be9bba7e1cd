using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The rules that a type of the host's states itself: they run on its values, however those are written as JSON.</summary>
/// <param name="Type">The type.</param>
/// <param name="Attributes">The validation attributes on it.</param>
internal sealed record TypeRules(Type Type, IReadOnlyList<ValidationAttribute> Attributes)
{
    /// <summary>The rules of a type; null if it has none.</summary>
    public static TypeRules? Find(Type type)
    {
        List<ValidationAttribute> attributes = [.. type.GetCustomAttributes<ValidationAttribute>(inherit: true)];
        return attributes.Count > 0 || type.IsAssignableTo(typeof(IValidatableObject)) ? new(type, attributes) : null;
    }
}
