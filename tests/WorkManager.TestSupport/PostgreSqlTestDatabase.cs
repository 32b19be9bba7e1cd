using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace WorkManager.TestSupport;

/// <summary>A database of its own in a private server.</summary>
public sealed class PostgreSqlTestDatabase : TestDatabase
{
    private readonly PostgreSqlServer server;

    private PostgreSqlTestDatabase(PostgreSqlServer server, string connectionString) => (this.server, ConnectionString) = (server, connectionString);

    public override Provider Provider => Provider.PostgreSql;

    public override string ConnectionString { get; }

    protected override void UseProvider(DbContextOptionsBuilder options) => options.UseNpgsql(ConnectionString);

    public override DbConnection CreateConnection() => new NpgsqlConnection(ConnectionString);

    /// <summary>Forgets the connections that this process has open, such as those that were lost with the server.</summary>
    public void ClearPool()
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    public override async ValueTask DisposeAsync()
    {
        ClearPool();
        await server.DropAsync(ConnectionString);
    }

    /// <summary>An empty database.</summary>
    public static async Task<PostgreSqlTestDatabase> CreateAsync(PostgreSqlServer server) => new(server, await server.CreateDatabaseAsync());

    // PostgreSQL copies a database only while nobody is connected to it.
    internal override Task SealAsync() => server.SealAsync(ConnectionString);

    internal async Task<PostgreSqlTestDatabase> CopyAsync() => new(server, await server.CreateDatabaseAsync(template: ConnectionString));
}
