namespace WorkManager;

/// <summary>What an apply does to one row.</summary>
/// <param name="Table">The table.</param>
/// <param name="Row">
/// <c>table:key</c>, with a JSON array of the values if the key has several columns; <c>new:table:n</c> for the n-th row that is added to the table.
/// </param>
/// <param name="Kind">What happens to it.</param>
/// <param name="Values">All values of a row that is added or deleted, else those that change; by name.</param>
public sealed record RowChange(string Table, string Row, RowChangeKind Kind, IReadOnlyList<ValueChange> Values);
