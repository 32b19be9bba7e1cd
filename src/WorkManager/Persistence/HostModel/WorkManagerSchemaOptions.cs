namespace WorkManager;

/// <summary>Where the tables are in a database, and who makes them.</summary>
public sealed class WorkManagerSchemaOptions
{
    /// <summary>The schema of the tables; null for the model's default schema. SQLite has none.</summary>
    /// <value>null by default.</value>
    public string? Schema { get; set; }

    /// <summary>Who makes and changes the tables.</summary>
    /// <value><see cref="MigrationOwnership.Package"/> by default.</value>
    public MigrationOwnership Migrations { get; set; }

    /// <summary>
    /// Whether reverting the shipped migrations may drop the tables while there is an audit trail in them. Not for every day: without it
    /// <c>dotnet ef database update 0</c> stops at our tables.
    /// </summary>
    /// <value>false by default.</value>
    public bool AllowSchemaRemoval { get; set; }
}

/// <summary>Who makes and changes WorkManager's tables.</summary>
public enum MigrationOwnership
{
    /// <summary>The migrations that ship with the package, which run before the context's own.</summary>
    Package,

    /// <summary>
    /// The context's own migrations: <c>dotnet ef migrations add</c> scaffolds our tables like the host's, and again after each update of
    /// the package that changes them. The shipped migrations are left out.
    /// </summary>
    Host,

    /// <summary>Nobody by this context: it only reads tables that another context on the same database owns.</summary>
    None,
}
