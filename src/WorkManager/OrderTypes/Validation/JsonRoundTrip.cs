using System.Collections.Concurrent;
using System.Collections.Immutable;
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
    /// <summary>What collections say of themselves.</summary>
    private static readonly HashSet<string> OfCollections =
        ["Count", "Length", "Capacity", "IsEmpty", "IsReadOnly", "IsFixedSize", "IsSynchronized", "SyncRoot", "Comparer", "Keys", "Values"];

    private static readonly HashSet<Type> Reversed = [typeof(Stack<>), typeof(ConcurrentStack<>), typeof(ImmutableStack<>), typeof(IImmutableStack<>)];

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

            if (property.Get is null && property.AttributeProvider is PropertyInfo { GetMethod: not null } hidden && !IsIgnored(hidden))
            {
                throw Lost(member.Display, "is not written: it has no public getter");
            }
        }

        EnsureStateIsRead(info, options);

        // System.Text.Json passes over fields unless it is told otherwise.
        var known = info.Properties.Select(p => (p.AttributeProvider as MemberInfo)?.Name).ToHashSet();
        var field = type.GetFields(BindingFlags.Instance | BindingFlags.Public)
            .FirstOrDefault(f => !known.Contains(f.Name) && !f.IsDefined(typeof(JsonIgnoreAttribute), inherit: true));
        if (field is not null)
        {
            throw Lost($"{type.Name}.{field.Name}", "is not written: it is a field");
        }
    }

    /// <summary>JSON carries the elements of a collection, in the order in which they are enumerated, and nothing else.</summary>
    /// <exception cref="InvalidOperationException">
    /// The collection has more, its elements would come back in another order, or it cannot be read at all.
    /// </exception>
    public static void EnsureCollection(JsonTypeInfo info, JsonSerializerOptions options)
    {
        var type = info.Type;
        try
        {
            JsonSerializer.Deserialize(info.Kind is JsonTypeInfoKind.Dictionary ? "{}" : "[]", type, options);
        }
        catch (NotSupportedException unreadable)
        {
            throw new InvalidOperationException($"{type} cannot be read from JSON. Use an array, a list, or a dictionary with texts as keys.", unreadable);
        }

        if (type is { IsGenericType: true } && Reversed.Contains(type.GetGenericTypeDefinition()))
        {
            throw new InvalidOperationException($"{type} would be read from JSON in reverse order. Use a list.");
        }

        for (var own = type; own is not null && !IsOfFramework(own); own = own.BaseType)
        {
            var member = own.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
                .FirstOrDefault(p => p.GetIndexParameters().Length == 0 && !OfCollections.Contains(p.Name) && IsStored(p) && !IsIgnored(p));
            if (member is not null)
            {
                throw new InvalidOperationException(
                    $"The value of {own.Name}.{member.Name} would be lost in JSON, which carries only the elements of a collection. "
                    + "Put the collection into a property of a class that has the other values, or mark the member with [JsonIgnore].");
            }
        }
    }

    // A class that keeps its state in fields of other names, and reads none of it back.
    private static void EnsureStateIsRead(JsonTypeInfo info, JsonSerializerOptions options)
    {
        var hasState = info.Type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length > 0;
        if (info.Type.IsAbstract || !hasState || info.PreferredPropertyObjectCreationHandling is JsonObjectCreationHandling.Populate
            || info.Properties.Any(p => p.IsExtensionData))
        {
            return;
        }

        var written = info.Properties.Where(p => p.Get is not null).Select(p => new JsonMember(p, options)).ToList();
        if (written.Count > 0 && written.TrueForAll(m => m.IsReadOnly))
        {
            throw Lost(written[0].Display, "cannot be read back: its class has no public setter and no constructor parameter");
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

    // A computed property has no setter and no field of its name behind it, and loses nothing.
    private static bool IsStored(ICustomAttributeProvider? member) => member switch
    {
        FieldInfo => true,
        PropertyInfo property => property.SetMethod is not null
            || property.DeclaringType!.GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Any(field => IsBehind(field, property)),
        _ => false,
    };

    private static bool IsBehind(FieldInfo field, PropertyInfo property)
    {
        var name = field.Name.StartsWith("m_", StringComparison.Ordinal) ? field.Name[2..] : field.Name.TrimStart('_');
        // One that can be set later may be a cache of what is computed.
        return field.Name == $"<{property.Name}>k__BackingField" || (field.IsInitOnly && name.Equals(property.Name, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsIgnored(ICustomAttributeProvider? member) => member?.IsDefined(typeof(JsonIgnoreAttribute), inherit: true) == true;

    private static bool IsOfFramework(Type type) =>
        type.Assembly == typeof(object).Assembly || type.Assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal);

    private static InvalidOperationException Lost(string member, string why) => new(
        $"The value of {member} would be lost in JSON, because it {why}. Make it a property with a public set or init accessor, "
        + "give it a constructor parameter of the same name, or mark it with [JsonIgnore].");
}
