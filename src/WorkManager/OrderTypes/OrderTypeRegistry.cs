using WorkManager.OrderTypes.Validation;

namespace WorkManager.OrderTypes;

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

    /// <summary>All order types, in the order of their registration.</summary>
    public IReadOnlyCollection<OrderTypeDescriptor> All => byKey.Values;

    /// <summary>An order type by its key; null if this process does not know it.</summary>
    public OrderTypeDescriptor? Find(string key) => byKey.GetValueOrDefault(key);

    /// <exception cref="OrderTypeNotFoundException">There is no such type.</exception>
    public OrderTypeDescriptor Get(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return byKey.GetValueOrDefault(key) ?? throw new OrderTypeNotFoundException(key, Suggestion.For(key, byKey.Keys));
    }

    /// <exception cref="OrderTypeNotFoundException">There is no such type.</exception>
    public OrderTypeDescriptor Get(Type clrType) => byClrType.GetValueOrDefault(clrType) ?? throw new OrderTypeNotFoundException(clrType.Name, null);

    /// <summary>The order type of a class, for a payload of this type.</summary>
    /// <exception cref="OrderTypeNotFoundException">There is no such order type.</exception>
    /// <exception cref="WorkManagerException">It has another payload.</exception>
    public OrderTypeDescriptor Get(Type clrType, Type payloadType)
    {
        var descriptor = Get(clrType);
        return payloadType.IsAssignableTo(descriptor.PayloadType) ? descriptor : throw new WorkManagerException(
            WorkErrorCodes.TypeMismatch, $"The payload of '{descriptor.Key}' is of the class {descriptor.PayloadType.Name}, and not {payloadType.Name}.");
    }

    /// <exception cref="OrderTypeNotFoundException">No order type has this payload.</exception>
    /// <exception cref="OrderTypeAmbiguousException">Several have it.</exception>
    public OrderTypeDescriptor GetForPayload(Type payloadType)
    {
        var candidates = byPayload[payloadType].ToList();
        return candidates.Count switch
        {
            1 => candidates[0],
            0 => throw new OrderTypeNotFoundException(payloadType),
            _ => throw new OrderTypeAmbiguousException(payloadType, candidates.ConvertAll(c => c.Key)),
        };
    }
}
