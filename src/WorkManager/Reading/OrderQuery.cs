namespace WorkManager;

/// <summary>Which orders to read. Everything that is set must hold.</summary>
public sealed record OrderQuery
{
    /// <summary>The largest page.</summary>
    public const int MaxLimit = 100;

    /// <summary>Only orders in this state.</summary>
    public OrderState? State { get; init; }

    /// <summary>Only orders of this type.</summary>
    public string? Type { get; init; }

    /// <summary>Only orders that this actor proposed.</summary>
    public Actor? RequestedBy { get; init; }

    /// <summary>Only submitted or approved orders whose last apply failed; see <see cref="WorkOrder.ReadError"/>.</summary>
    public bool Stuck { get; init; }

    /// <summary>How many orders a page has, 1 to <see cref="MaxLimit"/>.</summary>
    /// <value>50 by default.</value>
    public int Limit { get; init; } = 50;

    /// <summary>Where to go on: <see cref="WorkPage{T}.Next"/> of the page before.</summary>
    public string? After { get; init; }
}
