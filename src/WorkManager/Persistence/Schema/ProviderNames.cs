namespace WorkManager.Persistence.Schema;

/// <summary>The names by which EF Core knows the supported providers.</summary>
internal static class ProviderNames
{
    public const string Sqlite = "Microsoft.EntityFrameworkCore.Sqlite";
    public const string PostgreSql = "Npgsql.EntityFrameworkCore.PostgreSQL";
}
