namespace WorkManager;

/// <summary>No order type is registered under this key (<c>order_type_not_found</c>).</summary>
public sealed class OrderTypeNotFoundException : WorkManagerException
{
    internal OrderTypeNotFoundException(string type)
        : base(WorkErrorCodes.OrderTypeNotFound, $"The order type '{type}' is not registered. Register it with AddWorkManager().AddOrderType<T>().")
        => Type = type;

    /// <summary>The key that was asked for.</summary>
    public string Type { get; }
}
