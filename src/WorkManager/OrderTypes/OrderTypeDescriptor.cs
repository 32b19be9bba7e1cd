using System.Reflection;
using System.Text.Json;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.OrderTypes;

/// <summary>Facts about an order type that are known without constructing it.</summary>
internal sealed record OrderTypeDescriptor(string Key, int Version, Type ClrType, Type PayloadType, Type InputType, Type ResultType)
{
    /// <summary>What keeps payload, input and result from being carried as JSON, as sentences.</summary>
    /// <param name="json">How they are written and read. It can no longer be changed after this.</param>
    public IEnumerable<string> FindFaults(JsonSerializerOptions json)
    {
        var contracts = JsonContractBuilder.For(json);
        foreach (var (role, type) in new[] { ("payload", PayloadType), ("input", InputType), ("result", ResultType) })
        {
            string? fault = null;
            try
            {
                contracts.Build(type);
            }
            catch (Exception refused) when (refused is InvalidOperationException or NotSupportedException or ArgumentException)
            {
                fault = $"The {role} of {ClrType.Name} ('{Key}') cannot be used: {refused.Message}";
            }

            if (fault is not null)
            {
                yield return fault;
            }
        }
    }

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
