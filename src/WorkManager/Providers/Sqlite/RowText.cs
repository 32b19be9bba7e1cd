namespace WorkManager.Providers.Sqlite;

/// <summary>How the text of a statement calls its rows.</summary>
internal sealed record RowText(string[] Columns, bool IsMany)
{
    /// <summary>A value of the row.</summary>
    public string this[string column] => IsMany ? $"r.value ->> {Array.IndexOf(Columns, column)}" : $"@{column}";

    /// <summary>The rows, where they are all that the statement reads from.</summary>
    public string From => IsMany ? "FROM json_each(@rows) AS r" : "";

    /// <summary>The rows before the tables that they are looked up in: CROSS JOIN is SQLite's way to say which comes first.</summary>
    public string Before => IsMany ? "json_each(@rows) AS r CROSS JOIN " : "";
}
