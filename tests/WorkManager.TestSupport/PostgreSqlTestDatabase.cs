using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace WorkManager.TestSupport;

/// <summary>A database of its own in the private cluster of this process.</summary>
public sealed class PostgreSqlTestDatabase : TestDatabase
{
    private PostgreSqlTestDatabase(string connectionString) => ConnectionString = connectionString;

    public override Provider Provider => Provider.PostgreSql;

    public override string ConnectionString { get; }

    protected override void UseProvider(DbContextOptionsBuilder options) => options.UseNpgsql(ConnectionString);

    public override DbConnection CreateConnection() => new NpgsqlConnection(ConnectionString);

    public override async ValueTask DisposeAsync()
    {
        ClearPool();
        await PostgreSqlCluster.DropAsync(ConnectionString);
    }

    internal static async Task<PostgreSqlTestDatabase> CreateAsync() => new(await PostgreSqlCluster.CreateDatabaseAsync());

    // PostgreSQL copies a database only while nobody is connected to it.
    internal override Task SealAsync() => PostgreSqlCluster.SealAsync(ConnectionString);

    internal async Task<PostgreSqlTestDatabase> CopyAsync() => new(await PostgreSqlCluster.CreateDatabaseAsync(template: ConnectionString));

    private void ClearPool()
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }
}
