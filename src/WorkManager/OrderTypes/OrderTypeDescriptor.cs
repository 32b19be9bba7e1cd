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
