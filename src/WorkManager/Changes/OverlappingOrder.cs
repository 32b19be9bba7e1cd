namespace WorkManager;

/// <summary>Another order that is open and, as its latest preview showed, changes rows that a preview's order changes, too.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="OrderType">Its type.</param>
/// <param name="State">Its state: submitted or approved.</param>
/// <param name="Rows">The first 10 of the rows that both change, by name, as <see cref="RowChange.Row"/> names them.</param>
/// <param name="RowCount">How many rows both change: more than <paramref name="Rows"/> names if there are more than 10.</param>
public sealed record OverlappingOrder(Guid OrderId, string OrderType, OrderState State, IReadOnlyList<string> Rows, int RowCount);
