namespace WorkManager;

/// <summary>How many rows of a table an apply changes.</summary>
/// <param name="Table">The table.</param>
/// <param name="Added">How many rows are added.</param>
/// <param name="Modified">How many rows change.</param>
/// <param name="Deleted">How many rows are deleted.</param>
public sealed record TableSummary(string Table, int Added, int Modified, int Deleted);
