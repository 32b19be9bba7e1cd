using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using WorkManager.Execution;
using WorkManager.Providers;
using WorkManager.Providers.PostgreSql;
using WorkManager.Providers.Sqlite;

namespace WorkManager.Benchmarks.Storage;

/// <summary>
/// A database with the engine's tables and one order in it: a new SQLite file in WAL mode, or the empty PostgreSQL database that a variable names.
/// </summary>
internal sealed class Database : IDisposable
{
    public const string PostgreSqlVariable = "WORKMANAGER_BENCHMARK_POSTGRES";

    private const string Sqlite = "SQLite";

    private readonly string folder = Directory.CreateTempSubdirectory("workmanager").FullName;
    private readonly DbContextOptions<WorkManagerDbContext> host;
    private readonly DbContextOptions<WorkManagerDbContext> engine;

    private Database(string name)
    {
        var builder = new DbContextOptionsBuilder<WorkManagerDbContext>();
        host = (name == Sqlite
            ? builder.UseSqlite($"Data Source={Path.Combine(folder, "benchmark.db")}")
            : builder.UseNpgsql(Environment.GetEnvironmentVariable(PostgreSqlVariable))).Options;
        Statements = name == Sqlite ? new SqliteTableStatements() : new PostgreSqlTableStatements();
        // A host's context refuses to save our rows.
        using var db = new WorkManagerDbContext(host);
        engine = EngineContexts.OptionsFor(
            db, RelationalOptionsExtension.Extract(host), name == Sqlite ? [] : new PostgreSqlDialect(new PostgreSqlOptions()).EngineInterceptors);
    }

    /// <summary>The databases that there are to measure.</summary>
    public static IEnumerable<string> Names => Environment.GetEnvironmentVariable(PostgreSqlVariable) is null ? [Sqlite] : [Sqlite, "PostgreSQL"];

    public TableStatements Statements { get; }

    public WorkOrder Order { get; } = new()
    {
        Id = Guid.CreateVersion7(), Type = "benchmark", PayloadHash = new string('a', 64), CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    public static async Task<Database> CreateAsync(string name)
    {
        var database = new Database(name);
        await using (var host = new WorkManagerDbContext(database.host))
        {
            await host.Database.EnsureWorkManagerCreatedAsync();
            if (name == Sqlite)
            {
                await host.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL");
            }
        }

        await using var db = database.Open();
        db.Add(database.Order);
        await db.SaveChangesAsync();
        return database;
    }

    public WorkManagerDbContext Open() => new(engine);

    public WorkItem NewItem(int number) => new()
    {
        Id = Guid.CreateVersion7(),
        OrderId = Order.Id,
        OrderType = Order.Type,
        Type = Order.Type,
        AvailableAt = DateTimeOffset.UnixEpoch,
        ReadyAt = DateTimeOffset.UnixEpoch,
        Input = $$"""{"number":{{number}},"text":"{{new string('x', 200)}}"}""",
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>Does something in a transaction that is taken back: each call finds what the one before it found, and waits for no disk.</summary>
    public async Task InTransactionAsync(Func<WorkManagerDbContext, Task> act)
    {
        await using var db = Open();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await act(db);
        await transaction.RollbackAsync();
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
