namespace WorkManager.Reversals;

/// <summary>The result of an item that nobody has to work on: the rows are kept with the order that is reversed.</summary>
/// <param name="Rows">How many rows are put back.</param>
internal sealed record ReversalResult(int Rows);
