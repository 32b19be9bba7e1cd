namespace WorkManager;

/// <summary>An order that a generator wants to propose.</summary>
/// <param name="Payload">What is asked for: the payload of an order type, or JSON that is checked against it.</param>
/// <param name="Options">Unique key, priority and the like.</param>
public sealed record GeneratedOrder(object Payload, ProposeOptions? Options = null)
{
    /// <summary>The key of the order type.</summary>
    /// <value>Null by default: the only order type that has this payload.</value>
    public string? Type { get; init; }

    /// <summary>The tenant to which the order belongs.</summary>
    /// <value>Null by default: that of the scope in which the generator runs (<see cref="IWorkTenantProvider"/>).</value>
    public string? TenantId { get; init; }
}
