namespace WorkManager;

/// <summary>Settings for PostgreSQL only.</summary>
public sealed class PostgreSqlOptions
{
    /// <summary>Whether the engine's statements are prepared, once per connection of the pool.</summary>
    /// <value>
    /// True by default: the server takes longer to plan a statement than to run it. Set it to false behind a pooler in transaction mode that does not
    /// support prepared statements, such as PgBouncer before 1.21 or with <c>max_prepared_statements = 0</c>.
    /// </value>
    public bool PrepareStatements { get; set; } = true;
}
