using System.Text;

namespace WorkManager.Persistence.Schema;

/// <summary>Which names a schema may have.</summary>
internal static class SchemaNames
{
    private const int MostBytes = 63;

    // How EF Core quotes the statement that makes a schema.
    private const string QuoteOfEfCore = "$EF$";

    /// <summary>Refuses a name that could not be used on PostgreSQL. SQLite has no schemas, and ignores the name.</summary>
    /// <exception cref="ArgumentException">The name cannot be used.</exception>
    public static void Ensure(string? schema, string provider)
    {
        if (schema is null || provider != ProviderNames.PostgreSql)
        {
            return;
        }

        var reason = schema switch
        {
            "" => "it is empty; leave it null for the default of the model",
            _ when schema.Any(char.IsControl) => "it contains a control character, which scripts of EF Core do not keep",
            _ when Encoding.UTF8.GetByteCount(schema) > MostBytes => $"it is longer than {MostBytes} bytes, and PostgreSQL would cut it",
            _ when schema.StartsWith("pg_", StringComparison.Ordinal) => "PostgreSQL keeps names that begin with pg_ for itself",
            _ when schema.Contains(QuoteOfEfCore, StringComparison.Ordinal) => $"it contains {QuoteOfEfCore}, by which EF Core quotes",
            _ => null,
        };
        if (reason is not null)
        {
            throw new ArgumentException($"WorkManager cannot use the schema '{schema}': {reason}. Name another one in UseWorkManager or HasDefaultSchema.");
        }
    }
}
