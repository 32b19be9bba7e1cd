namespace WorkManager;

/// <summary>What only concerns PostgreSQL.</summary>
public sealed class PostgreSqlOptions
{
    /// <summary>Whether the engine's statements are prepared, once a connection of the pool.</summary>
    /// <value>
    /// True by default: planning a statement takes the server longer than running it. Switch it off behind a pooler in transaction mode that does not
    /// keep prepared statements, such as PgBouncer before 1.21 or with <c>max_prepared_statements = 0</c>.
    /// </value>
    public bool PrepareStatements { get; set; } = true;
}
