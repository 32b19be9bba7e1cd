namespace WorkManager;

/// <summary>No order type is registered for this key, class or payload (<c>order_type_not_found</c>).</summary>
public sealed class OrderTypeNotFoundException : WorkManagerException
{
    internal OrderTypeNotFoundException(string type, string? meant)
        : base(
            WorkErrorCodes.OrderTypeNotFound,
            $"No order type is registered for '{type}'. "
            + (meant is null ? "Register one with AddWorkManager().AddOrderType<T>()." : $"Did you mean `{meant}`?"))
        => Type = type;

    internal OrderTypeNotFoundException(Type payload)
        : base(
            WorkErrorCodes.OrderTypeNotFound,
            $"No order type has the payload {payload.Name}. Register one with AddWorkManager().AddOrderType<T>(), or propose by the key of the order type.")
        => Type = payload.Name;

    /// <summary>What was asked for: the key, or the name of the class of the order type or of its payload.</summary>
    public string Type { get; }
}
