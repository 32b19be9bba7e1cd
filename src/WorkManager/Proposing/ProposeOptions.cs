using System.Text.Json.Nodes;

namespace WorkManager;

/// <summary>What a proposal can say beside its payload.</summary>
public sealed record ProposeOptions
{
    /// <summary>0 to 100; higher is served first.</summary>
    /// <value>0 by default.</value>
    public int Priority { get; init; }

    /// <summary>The host's own data about the order; stored, searchable, and never read by WorkManager.</summary>
    /// <value>None by default.</value>
    public JsonObject? Meta { get; init; }

    /// <summary>When the work should be done.</summary>
    /// <value>Null by default: there is no due time.</value>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>No item is handed out before this time, unless its <see cref="PlannedItem.AvailableAt"/> says another.</summary>
    /// <value>Null by default: at once. At most ten years from now.</value>
    public DateTimeOffset? AvailableAt { get; init; }

    /// <summary>
    /// What the order is about, such as the id of a product: of a tenant and an order type, one open order at a time has a key. Every state is open but
    /// completed, rejected and dead-lettered.
    /// </summary>
    /// <value>Null by default: there may be many. Else 1 to 200 characters.</value>
    public string? UniqueKey { get; init; }

    /// <summary>What to do if an open order has the <see cref="UniqueKey"/> already.</summary>
    /// <value><see cref="OpenOrder.Refuse"/> by default.</value>
    public OpenOrder IfOpen { get; init; }

    /// <summary>The ids of orders of the same tenant that must be completed before an item of this one is handed out.</summary>
    /// <value>
    /// None by default; at most 1,000. An order that is open already (<see cref="UniqueKey"/>) does not wait for them.
    /// <see cref="OrderTypeAttribute.DependencyFailure"/> says what becomes of this order if one of them comes to nothing.
    /// </value>
    public IReadOnlyCollection<Guid> After { get; init; } = [];
}
