namespace WorkManager.Persistence.Schema;

/// <summary>The names by which EF Core knows the supported providers.</summary>
internal static class ProviderNames
{
    public const string Sqlite = "Microsoft.EntityFrameworkCore.Sqlite";
    public const string PostgreSql = "Npgsql.EntityFrameworkCore.PostgreSQL";

    public static bool IsSupported(string? provider) => provider is Sqlite or PostgreSql;

    /// <summary>What is thrown for every other provider.</summary>
    public static NotSupportedException NotSupported(string? provider) => new(
        $"WorkManager does not support the database provider '{provider}'. Configure the context with UseSqlite or UseNpgsql. For tests, "
        + "SQLite in a temporary file does what the in-memory provider does, and has transactions.");
}
