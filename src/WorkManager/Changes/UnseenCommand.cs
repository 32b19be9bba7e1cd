namespace WorkManager;

/// <summary>A command of an apply that writes past the change tracker: only how many rows it wrote is known, not which.</summary>
/// <param name="Kind"><c>execute_update</c>, <c>execute_delete</c> or <c>sql</c>.</param>
/// <param name="Sql">Its text, without the values of its parameters.</param>
/// <param name="Rows">How many rows it wrote; -1 if the database does not say.</param>
public sealed record UnseenCommand(string Kind, string Sql, int Rows);
