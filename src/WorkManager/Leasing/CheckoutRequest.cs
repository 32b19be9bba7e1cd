namespace WorkManager;

/// <summary>What an agent looks for. Everything that is set must hold.</summary>
public sealed record CheckoutRequest
{
    /// <summary>Only items of this order.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>Only items of orders of this type.</summary>
    public string? Type { get; init; }

    /// <summary>Only items of this priority or higher, 0 to 100.</summary>
    public int? MinPriority { get; init; }

    /// <summary>How long the lease is to last.</summary>
    /// <value>Null by default: <see cref="LeaseOptions.Ttl"/>. 1 second to 1 day.</value>
    public TimeSpan? Ttl { get; init; }
}
