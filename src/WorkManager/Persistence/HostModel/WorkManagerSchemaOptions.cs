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
    /// Whether reverting the shipped migrations may drop the tables while there is an audit trail in them. Do not leave it on: without it
    /// <c>dotnet ef database update 0</c> stops at our tables.
    /// </summary>
    /// <value>false by default.</value>
    public bool AllowSchemaRemoval { get; set; }
}
