using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace WorkManager.Load.Databases;

/// <summary>A database on the server that is measured, dropped at the end.</summary>
internal sealed class PostgreSqlDatabase : LoadDatabase
{
    private readonly PostgreSqlServer server;
    private readonly string name;

    private PostgreSqlDatabase(PostgreSqlServer server, string name)
    {
        this.server = server;
        this.name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Database = name,
            IncludeErrorDetail = true,
            // Else whoever takes a connection from the pool for each call resets it each time, and who keeps his connection does not.
            NoResetOnClose = true,
        }.ToString();
    }

    public override string Provider => "postgresql";

    protected override int Writers => Environment.ProcessorCount;

    public string ConnectionString { get; }

    public static async Task<PostgreSqlDatabase> CreateAsync(PostgreSqlServer server, string name)
    {
        var database = new PostgreSqlDatabase(server, name);
        await database.CreateTablesAsync();
        return database;
    }

    public override void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(ConnectionString);

    public override DbConnection CreateConnection() => new NpgsqlConnection(ConnectionString);

    public override Task ClearAsync() => ExecuteTextAsync("TRUNCATE work_orders, findings RESTART IDENTITY CASCADE");

    // After a checkpoint the first change of every page is written whole: all rounds begin with the same.
    public override Task SettleAsync() => ExecuteTextAsync("VACUUM (ANALYZE)", "CHECKPOINT");

    public Task CheckpointAsync() => ExecuteTextAsync("CHECKPOINT");

    public override async ValueTask DisposeAsync() => await server.DropDatabaseAsync(name);
}
