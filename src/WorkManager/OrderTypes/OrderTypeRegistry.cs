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

    public OrderTypeDescriptor? Find(string key) => byKey.GetValueOrDefault(key);

    public OrderTypeDescriptor Get(string key) => Find(key) ?? throw new OrderTypeNotFoundException(key);

    public OrderTypeDescriptor Get(Type clrType) => byClrType.GetValueOrDefault(clrType) ?? throw new OrderTypeNotFoundException(clrType.Name);

    public OrderTypeDescriptor GetForPayload(Type payloadType)
    {
        var candidates = byPayload[payloadType].ToList();
        return candidates.Count switch
        {
            1 => candidates[0],
            0 => throw new OrderTypeNotFoundException(payloadType),
            _ => throw new InvalidOperationException(
                $"{payloadType.Name} is the payload of several order types ({string.Join(", ", candidates.Select(c => c.Key))}). Propose by type key."),
        };
    }
}
