using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Countries.Database;

/// <summary>Which database the sample runs on: SQLite in a file of its own, or the PostgreSQL database that was named.</summary>
internal sealed class SampleDatabase(string? postgres)
{
    private const string FileName = "countries.db";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "database");

    private static string Sqlite => new SqliteConnectionStringBuilder { DataSource = Path.Combine(Folder, FileName) }.ToString();

    public string Description => postgres is null
        ? $"SQLite, a new file {FileName} in the program's folder"
        : "PostgreSQL, the database of --postgres";

    public void Configure(DbContextOptionsBuilder options)
    {
        if (postgres is null)
        {
            Directory.CreateDirectory(Folder);
            options.UseSqlite(Sqlite);
        }
        else
        {
            options.UseNpgsql(postgres);
        }
    }

    /// <summary>A connection that knows nothing of EF Core and WorkManager.</summary>
    public DbConnection CreatePlainConnection() => postgres is null ? new SqliteConnection(Sqlite) : new NpgsqlConnection(postgres);

    /// <summary>Every run on SQLite starts with an empty file. A PostgreSQL database is the user's: nothing is dropped there.</summary>
    public void StartOver()
    {
        if (postgres is null)
        {
            foreach (var suffix in (string[])["", "-wal", "-shm"])
            {
                File.Delete(Path.Combine(Folder, FileName + suffix));
            }
        }
    }
}
