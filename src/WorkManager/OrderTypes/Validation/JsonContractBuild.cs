using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkManager.OrderTypes.Validation;

/// <summary>One walk over <see cref="JsonTypeInfo"/>, from a root type to everything that it reaches.</summary>
internal sealed class JsonContractBuild(JsonSerializerOptions options, IReadOnlyDictionary<Type, JsonObjectShape> known)
{
    private readonly NullabilityInfoContext nullability = new();
    private readonly HashSet<Type> open = [];

    public Dictionary<Type, JsonObjectShape> NewShapes { get; } = [];

    // A generic argument says nothing about its own nullability; nothing says it for the whole document.
    public JsonContract Document(Type type) => type == typeof(JsonElement)
        ? JsonContract.Any
        : Contract(type, null).OrNull(Nullable.GetUnderlyingType(type) is not null);

    private JsonContract Contract(Type declared, NullabilityInfo? nullability)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        return WithRulesOf(type, ContractOf(type, nullability));
    }

    // An object's shape has the rules of its type.
    private static JsonContract WithRulesOf(Type type, JsonContract contract) =>
        contract.Shape is null && TypeRules.Find(type) is { } rules ? contract with { TypeRules = rules } : contract;

    private JsonContract ContractOf(Type type, NullabilityInfo? nullability)
    {

        if (JsonScalarContracts.IsAny(type))
        {
            return JsonContract.Any;
        }

        if (options.GetTypeInfo(type) is not { } info || !IsBuiltIn(info.Converter))
        {
            return JsonContract.Opaque;
        }

        if (type.IsEnum)
        {
            return JsonEnumContracts.For(type, options);
        }

        return JsonScalarContracts.Find(type) ?? info.Kind switch
        {
            JsonTypeInfoKind.Object => new JsonContract(JsonContractKind.Object) { Shape = Shape(info) },
            JsonTypeInfoKind.Enumerable => Collection(JsonContractKind.Array, info, nullability),
            JsonTypeInfoKind.Dictionary => Collection(JsonContractKind.Dictionary, info, nullability),
            _ => type == typeof(JsonObject) ? new JsonContract(JsonContractKind.Dictionary) { Element = JsonContract.Any }
                : type == typeof(JsonArray) ? new JsonContract(JsonContractKind.Array) { Element = JsonContract.Any }
                : JsonContract.Opaque,
        };
    }

    private JsonContract Collection(JsonContractKind kind, JsonTypeInfo info, NullabilityInfo? nullability)
    {
        JsonRoundTrip.EnsureCollection(info, options);
        // A collection of itself (class Tree : List<Tree>) has no shape to refer back to.
        if (info.ElementType is not { } element || !this.open.Add(info.Type))
        {
            return JsonContract.Opaque;
        }

        var inner = nullability?.ElementType ?? nullability?.GenericTypeArguments.LastOrDefault(argument => argument.Type == element);
        var contract = Contract(element, inner);
        this.open.Remove(info.Type);

        return new JsonContract(kind) { Element = contract.OrNull(AllowsNull(element, contract, inner)) };
    }

    private bool AllowsNull(Type type, JsonContract contract, NullabilityInfo? nullability) => type switch
    {
        { IsValueType: true } => Nullable.GetUnderlyingType(type) is not null || contract.Kind is JsonContractKind.Any,
        _ => !options.RespectNullableAnnotations || nullability?.WriteState is not NullabilityState.NotNull,
    };

    private JsonObjectShape Shape(JsonTypeInfo info)
    {
        if (known.TryGetValue(info.Type, out var shape) || NewShapes.TryGetValue(info.Type, out shape))
        {
            return shape;
        }

        var handling = info.UnmappedMemberHandling ?? options.UnmappedMemberHandling;
        var allowsUnknown = handling is JsonUnmappedMemberHandling.Skip || info.Properties.Any(static p => p.IsExtensionData);
        var names = options.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

        JsonRoundTrip.Ensure(info, options);
        // Known before its members are, so that a member of the same type finds it.
        shape = new JsonObjectShape(info.Type, names, allowsUnknown);
        NewShapes.Add(info.Type, shape);
        shape.Complete([.. info.Properties.Where(IsOnTheWire).Select(Property)], Polymorphism(info));
        return shape;
    }

    // A property under [JsonIgnore] is listed, without accessors. The serializer passes over it in silence; here it is
    // unknown, or a sender would believe that it was read.
    private static bool IsOnTheWire(JsonPropertyInfo property) =>
        !property.IsExtensionData && (property.Get is not null || property.Set is not null || property.AssociatedParameter is not null);

    private JsonPropertyContract Property(JsonPropertyInfo property)
    {
        var member = new JsonMember(property, options);
        var nullability = member.Nullability(this.nullability);
        // What is only written is never read, so its type has no rules.
        var contract = member.IsReadOnly ? JsonContract.Any : member.HasOwnConverter ? OwnConverter(property) : Contract(property.PropertyType, nullability);
        var allowsNull = property.PropertyType.IsValueType ? AllowsNull(property.PropertyType, contract, nullability) : member.AllowsNull;

        contract = JsonAnnotations.Apply(contract.OrNull(allowsNull), member, options);
        return new JsonPropertyContract(property.Name, contract, member.IsRequired, member.IsReadOnly)
        {
            MemberName = member.Name, Get = property.Get, Rules = JsonAnnotations.Others(member), Messages = JsonAnnotations.Messages(member),
        };
    }

    // [JsonConverter(typeof(JsonStringEnumConverter<…>))] on a property is still an enum with names.
    private JsonContract OwnConverter(JsonPropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var converter = property.CustomConverter is JsonConverterFactory factory ? factory.CreateConverter(type, options) : property.CustomConverter;
        if (!type.IsEnum || converter is null || !IsBuiltIn(converter))
        {
            return WithRulesOf(type, JsonContract.Opaque);
        }

        var own = new JsonSerializerOptions(options);
        own.Converters.Insert(0, converter);
        return JsonEnumContracts.For(type, own);
    }

    private JsonPolymorphism? Polymorphism(JsonTypeInfo info)
    {
        if (info.PolymorphismOptions is not { } polymorphism)
        {
            return null;
        }

        if (polymorphism.DerivedTypes.FirstOrDefault(d => d.TypeDiscriminator is null) is { DerivedType: { } unnamed })
        {
            throw new InvalidOperationException(
                $"[JsonDerivedType] on {info.Type.Name} gives {unnamed.Name} no discriminator, so it would be read back as {info.Type.Name}. Give it one.");
        }

        var variants =
            from derived in polymorphism.DerivedTypes
            let type = options.GetTypeInfo(derived.DerivedType)
            where type.Kind is JsonTypeInfoKind.Object
            select new JsonVariant(JsonSerializer.SerializeToElement(derived.TypeDiscriminator!), Shape(type));

        return new JsonPolymorphism(
            polymorphism.TypeDiscriminatorPropertyName,
            [.. variants],
            AllowsBase: info.Type is { IsAbstract: false, IsInterface: false },
            AllowsUnknown: polymorphism.IgnoreUnrecognizedTypeDiscriminators);
    }

    private static bool IsBuiltIn(JsonConverter converter) => converter.GetType().Assembly == typeof(JsonSerializer).Assembly;
}
