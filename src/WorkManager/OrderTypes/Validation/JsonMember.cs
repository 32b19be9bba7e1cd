using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkManager.OrderTypes.Validation;

/// <summary>
/// A property together with the constructor parameter that sets it. On a positional record an attribute lands on the
/// parameter unless it says <c>property:</c>; a host must not need to know that, so both count.
/// </summary>
internal sealed class JsonMember(JsonPropertyInfo property, JsonSerializerOptions options)
{
    private readonly MemberInfo? member = property.AttributeProvider as MemberInfo;
    private readonly JsonParameterInfo? parameter = property.AssociatedParameter;

    /// <summary>Its name in errors about the host's code.</summary>
    public string Display => $"{property.DeclaringType.Name}.{Name}";

    /// <summary>Its name in the host's code.</summary>
    public string Name => this.member?.Name ?? property.Name;

    public Type Type => property.PropertyType;

    public bool HasOwnConverter => property.CustomConverter is not null;

    /// <summary><c>required</c>, [JsonRequired], [Required], or a constructor parameter without a default.</summary>
    public bool IsRequired => property.IsRequired || Annotations<RequiredAttribute>().Any();

    public bool IsReadOnly => property.Set is null && this.parameter is null && !IsPopulated;

    public bool AllowsNull => !options.RespectNullableAnnotations || (this.parameter?.IsNullable ?? property.IsSetNullable);

    private bool IsPopulated =>
        (property.ObjectCreationHandling ?? options.PreferredObjectCreationHandling) is JsonObjectCreationHandling.Populate;

    public IEnumerable<T> Annotations<T>()
        where T : Attribute
    {
        var own = this.member?.GetCustomAttributes<T>(inherit: true) ?? [];
        return this.parameter?.AttributeProvider is ParameterInfo parameter ? own.Concat(parameter.GetCustomAttributes<T>(inherit: true)) : own;
    }

    public NullabilityInfo? Nullability(NullabilityInfoContext context) => (this.parameter?.AttributeProvider, this.member) switch
    {
        (ParameterInfo parameter, _) => context.Create(parameter),
        (_, PropertyInfo info) => context.Create(info),
        (_, FieldInfo info) => context.Create(info),
        _ => null,
    };
}
