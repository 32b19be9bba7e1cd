namespace WorkManager;

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

    /// <summary>Not this context: it only reads tables that another context on the same database owns.</summary>
    None,
}
