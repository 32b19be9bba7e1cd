using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace WorkManager.TestSupport;

/// <summary>A file of its own in WAL mode, as a host would run it.</summary>
public sealed class SqliteTestDatabase : TestDatabase
{
    private static readonly Lazy<DirectoryInfo> Folder = new(() => FastFolder.Create("workmanager-sqlite"));

    private static int count;

    private readonly string path = Path.Combine(Folder.Value.FullName, $"{Interlocked.Increment(ref count)}.db");

    private SqliteTestDatabase() => ConnectionString = new SqliteConnectionStringBuilder { DataSource = path }.ToString();

    public override Provider Provider => Provider.Sqlite;

    public override string ConnectionString { get; }

    protected override void UseProvider(DbContextOptionsBuilder options) => options.UseSqlite(ConnectionString);

    public override DbConnection CreateConnection() => new SqliteConnection(ConnectionString);

    public override ValueTask DisposeAsync()
    {
        ClearPool();
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(path + suffix);
        }

        return ValueTask.CompletedTask;
    }

    internal static async Task<SqliteTestDatabase> CreateAsync()
    {
        var database = new SqliteTestDatabase();
        // The file remembers the mode, so its copies are in WAL mode too.
        await database.ExecuteAsync("PRAGMA journal_mode = WAL");
        return database;
    }

    internal override async Task SealAsync()
    {
        // Somebody may still hold a pooled connection. With the log moved into it, the file alone is the database all the same.
        await ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE)");
        ClearPool();
    }

    internal SqliteTestDatabase Copy()
    {
        var copy = new SqliteTestDatabase();
        File.Copy(path, copy.path);
        return copy;
    }

    private void ClearPool()
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
    }
}
