using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace WorkManager.Load.Databases;

/// <summary>A file of its own in WAL mode, gone at the end. Every commit is on the disk when it returns.</summary>
internal sealed class SqliteDatabase : LoadDatabase
{
    private static readonly string[] Suffixes = ["", "-wal", "-shm"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workmanager-load-");

    private SqliteDatabase()
    {
    }

    public override string Provider => "sqlite";

    protected override int Writers => 1;

    private string FilePath => Path.Combine(folder.FullName, "load.db");

    private string EmptyPath => Path.Combine(folder.FullName, "empty.db");

    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = FilePath }.ToString();

    public static async Task<SqliteDatabase> CreateAsync()
    {
        var database = new SqliteDatabase();
        await database.ExecuteTextAsync("PRAGMA journal_mode = WAL");
        await database.CreateTablesAsync();
        await database.EnsureDurableAsync();
        await database.ExecuteTextAsync("PRAGMA wal_checkpoint(TRUNCATE)");
        SqliteConnection.ClearAllPools();
        File.Copy(database.FilePath, database.EmptyPath);
        return database;
    }

    public override void Configure(DbContextOptionsBuilder options) => options.UseSqlite(ConnectionString);

    public override DbConnection CreateConnection() => new SqliteConnection(ConnectionString);

    public override Task ClearAsync()
    {
        DeleteFiles();
        File.Copy(EmptyPath, FilePath);
        return Task.CompletedTask;
    }

    public override Task SettleAsync() => ExecuteTextAsync("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)");

    public override ValueTask DisposeAsync()
    {
        DeleteFiles();
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The engine's version.</summary>
    public static string Version()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        return connection.ServerVersion;
    }

    /// <summary>A connection as a host opens it has to be durable: the numbers would mean something else.</summary>
    private async Task EnsureDurableAsync()
    {
        const long full = 2;
        await using var connection = CreateConnection();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT synchronous FROM pragma_synchronous, pragma_journal_mode WHERE journal_mode = 'wal'";
        if (await command.ExecuteScalarAsync() is not full)
        {
            throw new InvalidOperationException("SQLite is not in WAL mode with synchronous = FULL.");
        }
    }

    private void DeleteFiles()
    {
        SqliteConnection.ClearAllPools();
        foreach (var suffix in Suffixes)
        {
            File.Delete(FilePath + suffix);
        }
    }
}
