namespace WorkManager.Providers.Sqlite;

/// <summary>The expressions by which the text of a statement refers to its rows.</summary>
internal sealed record RowText(string[] Columns, bool IsMany)
{
    /// <summary>A value of the row.</summary>
    public string this[string column] => IsMany ? $"r.value ->> {Array.IndexOf(Columns, column)}" : $"@{column}";

    /// <summary>The FROM clause if the statement reads from nothing but the rows.</summary>
    public string From => IsMany ? "FROM json_each(@rows) AS r" : "";

    /// <summary>The rows, joined before the tables that they are looked up in. In SQLite, CROSS JOIN fixes the order of the join.</summary>
    public string Before => IsMany ? "json_each(@rows) AS r CROSS JOIN " : "";
}
