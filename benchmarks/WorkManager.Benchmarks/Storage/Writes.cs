using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using WorkManager.Execution;

namespace WorkManager.Benchmarks.Storage;

/// <summary>The engine's write layer beside EF Core's <c>SaveChanges</c>: items are added, and four columns of them changed.</summary>
[MemoryDiagnoser, MinColumn, GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory), CategoriesColumn]
public class Writes
{
    private Database database = null!;
    private List<WorkItem> added = [];
    private List<WorkItem> stored = [];

    public static IEnumerable<string> Databases => Database.Names;

    [ParamsSource(nameof(Databases))]
    public string On { get; set; } = "";

    [Params(1, 10, 1000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        database = await Database.CreateAsync(On);
        added = [.. Enumerable.Range(0, Rows).Select(database.NewItem)];
        stored = [.. Enumerable.Range(0, Rows).Select(database.NewItem)];
        await using var db = database.Open();
        db.AddRange(stored);
        await db.SaveChangesAsync();
    }

    [GlobalCleanup]
    public void CleanUp() => database.Dispose();

    [Benchmark(Baseline = true), BenchmarkCategory("Insert")]
    public Task InsertBySaveChanges() => database.InTransactionAsync(db =>
    {
        db.AddRange(added);
        return db.SaveChangesAsync();
    });

    [Benchmark, BenchmarkCategory("Insert")]
    public Task Insert() => database.InTransactionAsync(db => database.Statements.WriteAsync(db, [.. TableChange.Inserts(db.Model, added)]));

    [Benchmark(Baseline = true), BenchmarkCategory("Update")]
    public Task UpdateBySaveChanges() => database.InTransactionAsync(db =>
    {
        Change(db);
        return db.SaveChangesAsync();
    });

    [Benchmark, BenchmarkCategory("Update")]
    public Task Update() => database.InTransactionAsync(db =>
    {
        Change(db);
        return database.Statements.WriteAsync(db, [.. TableChange.Updates(db.ChangeTracker)]);
    });

    private void Change(WorkManagerDbContext db)
    {
        db.AttachRange(stored);
        foreach (var item in stored)
        {
            item.Revision++;
            item.Progress = (short)(item.Revision % 100);
            item.LastHeartbeatAt = item.UpdatedAt = item.UpdatedAt.AddSeconds(1);
        }
    }
}
