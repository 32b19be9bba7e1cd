namespace WorkManager;

/// <summary>What an agent looks for. Everything that is set must hold.</summary>
public sealed record CheckoutRequest
{
    /// <summary>Only items of this order.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>Only items of orders of this type, which must be registered in this process.</summary>
    /// <value>Null by default: of all order types that are registered in this process. Items of other types are left to the processes that know them.</value>
    public string? Type { get; init; }

    /// <summary>Only items of orders of one of these types, each of which must be registered in this process.</summary>
    /// <value>Null by default: as for <see cref="Type"/>. At least one name, and at most 256.</value>
    public IReadOnlyCollection<string>? Types { get; init; }

    /// <summary>Only items of this priority or higher, 0 to 100.</summary>
    public int? MinPriority { get; init; }

    /// <summary>How long the lease is to last.</summary>
    /// <value>
    /// Null by default: as the item was planned (<see cref="PlannedItem.LeaseTime"/>), else as its order type says
    /// (<see cref="OrderTypeAttribute.LeaseSeconds"/>), else <see cref="LeaseOptions.Ttl"/>. 1 second to <see cref="LeaseOptions.MaxTtl"/>.
    /// </value>
    public TimeSpan? Ttl { get; init; }
}
