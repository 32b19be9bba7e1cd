using System.Reflection;

namespace WorkManager.Hosting.Workers;

/// <summary>A worker as it was registered.</summary>
/// <param name="Name">Its name, which is that of its options, too.</param>
/// <param name="OrderType">The key of the order type.</param>
/// <param name="Create">Makes the worker.</param>
internal sealed record WorkerDescriptor(string Name, string OrderType, Func<IServiceProvider, Worker> Create)
{
    /// <exception cref="ArgumentException">The handler is not one for the order type.</exception>
    public static WorkerDescriptor Of(Type orderType, Type handler, string? name)
    {
        var key = orderType.GetCustomAttribute<OrderTypeAttribute>()?.Key
            ?? throw new ArgumentException($"{orderType.Name} needs an [OrderType(\"key\")] attribute that names it.");
        var (input, result) = DocumentsOf(orderType);
        var needed = typeof(IWorkHandler<,>).MakeGenericType(input, result);
        if (!needed.IsAssignableFrom(handler))
        {
            throw new ArgumentException(
                $"{handler.Name} cannot work on {orderType.Name} ('{key}'): it must implement IWorkHandler<{input.Name}, {result.Name}>.");
        }

        name ??= key;
        var worker = typeof(Worker<,>).MakeGenericType(input, result);
        return new(name, key, services => (Worker)Activator.CreateInstance(worker, services, name, key, handler)!);
    }

    private static (Type Input, Type Result) DocumentsOf(Type orderType)
    {
        for (var type = orderType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(OrderType<,,>))
            {
                return (type.GetGenericArguments()[1], type.GetGenericArguments()[2]);
            }
        }

        throw new ArgumentException($"{orderType.Name} must derive from OrderType<TPayload, TInput, TResult>.");
    }
}
