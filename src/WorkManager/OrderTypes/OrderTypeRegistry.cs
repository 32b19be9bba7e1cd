using System.Reflection;

namespace WorkManager.OrderTypes;

/// <summary>What is known of an order type without constructing it.</summary>
internal sealed record OrderTypeDescriptor(string Key, int Version, Type ClrType, Type PayloadType, Type InputType, Type ResultType)
{
    public static OrderTypeDescriptor Of(Type clrType)
    {
        var attribute = clrType.GetCustomAttribute<OrderTypeAttribute>()
            ?? throw new InvalidOperationException($"{clrType.Name} needs an [OrderType(\"key\")] attribute that names it.");
        if (string.IsNullOrWhiteSpace(attribute.Key) || attribute.Key.Length > 120)
        {
            throw new InvalidOperationException($"The key of {clrType.Name} in [OrderType] must have 1 to 120 characters.");
        }

        if (attribute.Version < 1)
        {
            throw new InvalidOperationException($"The version of {clrType.Name} in [OrderType] must be at least 1.");
        }

        for (var type = clrType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(OrderType<,,>))
            {
                var arguments = type.GetGenericArguments();
                return new OrderTypeDescriptor(attribute.Key, attribute.Version, clrType, arguments[0], arguments[1], arguments[2]);
            }
        }

        throw new InvalidOperationException($"{clrType.Name} must derive from OrderType<TPayload, TInput, TResult> or OrderType<TPayload, TResult>.");
    }
}

/// <summary>The order types of a container.</summary>
internal sealed class OrderTypeRegistry
{
    private readonly Dictionary<string, OrderTypeDescriptor> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, OrderTypeDescriptor> byClrType = [];
    private readonly ILookup<Type, OrderTypeDescriptor> byPayload;

    public OrderTypeRegistry(IEnumerable<OrderTypeDescriptor> descriptors)
    {
        foreach (var descriptor in descriptors.DistinctBy(d => d.ClrType))
        {
            if (!byKey.TryAdd(descriptor.Key, descriptor))
            {
                throw new InvalidOperationException(
                    $"Two order types have the key '{descriptor.Key}': {byKey[descriptor.Key].ClrType.Name} and {descriptor.ClrType.Name}.");
            }

            byClrType.Add(descriptor.ClrType, descriptor);
        }

        byPayload = byClrType.Values.ToLookup(d => d.PayloadType);
    }

    public OrderTypeDescriptor Get(string key) => byKey.GetValueOrDefault(key) ?? throw new OrderTypeNotFoundException(key);

    public OrderTypeDescriptor Get(Type clrType) => byClrType.GetValueOrDefault(clrType) ?? throw new OrderTypeNotFoundException(clrType.Name);

    public OrderTypeDescriptor GetForPayload(Type payloadType)
    {
        var candidates = byPayload[payloadType].ToList();
        return candidates.Count switch
        {
            1 => candidates[0],
            0 => throw new OrderTypeNotFoundException(payloadType.Name),
            _ => throw new InvalidOperationException(
                $"{payloadType.Name} is the payload of several order types ({string.Join(", ", candidates.Select(c => c.Key))}). Propose by type key."),
        };
    }
}
