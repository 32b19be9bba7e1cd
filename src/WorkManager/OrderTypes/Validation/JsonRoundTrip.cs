using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkManager.OrderTypes.Validation;

/// <summary>
/// Refuses types that cannot be read from JSON, and types with members that are written to JSON and not read back, or not even written: their values would be
/// lost between a proposal and its plan, or between a submit and its apply.
/// </summary>
internal static class JsonRoundTrip
{
    /// <exception cref="InvalidOperationException">The type cannot be read, or a member would be lost. The message names it and the cure.</exception>
    public static void Ensure(JsonTypeInfo info, JsonSerializerOptions options)
    {
        var type = info.Type;
        if (type.IsValueType && type.IsAssignableTo(typeof(ITuple)) && !options.IncludeFields)
        {
            throw new InvalidOperationException($"{type} is a tuple, which JSON cannot carry: its values would be lost. Use a record with named members.");
        }

        EnsureConstructible(info);
        // An abstract type is never read. Its variants are, each by its own members.
        foreach (var property in type.IsAbstract ? [] : info.Properties.Where(p => !p.IsExtensionData))
        {
            var member = new JsonMember(property, options);
            if (property.Get is not null && member.IsReadOnly && IsStored(property.AttributeProvider)
                && info.PreferredPropertyObjectCreationHandling is not JsonObjectCreationHandling.Populate)
            {
                throw Lost(member.Display, "cannot be read back: it has no public setter and no constructor parameter");
            }
        }

        // System.Text.Json passes over fields unless it is told otherwise.
        var known = info.Properties.Select(p => (p.AttributeProvider as MemberInfo)?.Name).ToHashSet();
        var field = type.GetFields(BindingFlags.Instance | BindingFlags.Public)
            .FirstOrDefault(f => !known.Contains(f.Name) && !f.IsDefined(typeof(JsonIgnoreAttribute), inherit: true));
        if (field is not null)
        {
            throw Lost($"{type.Name}.{field.Name}", "is not written: it is a field");
        }
    }

    private static void EnsureConstructible(JsonTypeInfo info)
    {
        var type = info.Type;
        if (type.IsAbstract && info.PolymorphismOptions is null)
        {
            throw new InvalidOperationException(
                $"{type.Name} is abstract, so it cannot be read from JSON. Name the classes that derive from it with [JsonPolymorphic] and [JsonDerivedType].");
        }

        if (type.IsAbstract || info.CreateObject is not null)
        {
            return;
        }

        var constructor = info.ConstructorAttributeProvider as ConstructorInfo ?? throw new InvalidOperationException(
            $"{type.Name} cannot be read from JSON: it needs a public constructor without parameters, or only one with, or [JsonConstructor] on one of them.");
        var bound = info.Properties.Select(p => p.AssociatedParameter?.Position).OfType<int>().ToHashSet();
        if (constructor.GetParameters().FirstOrDefault(p => !bound.Contains(p.Position)) is { } unbound)
        {
            throw new InvalidOperationException(
                $"{type.Name} cannot be read from JSON: the parameter {unbound.Name} of its constructor has no property of the same name and type.");
        }
    }

    // A computed property has no setter and no field behind it, and loses nothing.
    private static bool IsStored(ICustomAttributeProvider? member) => member switch
    {
        FieldInfo => true,
        PropertyInfo property => property.SetMethod is not null
            || property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic) is not null,
        _ => false,
    };

    private static InvalidOperationException Lost(string member, string why) => new(
        $"The value of {member} would be lost in JSON, because it {why}. Make it a property with a public set or init accessor, "
        + "give it a constructor parameter of the same name, or mark it with [JsonIgnore].");
}
