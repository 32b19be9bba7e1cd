using BenchmarkDotNet.Attributes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.Providers;

namespace WorkManager.Benchmarks.Storage;

/// <summary>The engine's statements and reader beside EF Core's <c>FromSqlRaw</c> with parameters: whole items, not tracked.</summary>
[MemoryDiagnoser, MinColumn]
public class Reads
{
    private static readonly Statement Items = new("SELECT [i.*] FROM [work_items] AS i WHERE order_id = @order ORDER BY id LIMIT @count");

    private Database database = null!;

    public static IEnumerable<string> Databases => Database.Names;

    [ParamsSource(nameof(Databases))]
    public string On { get; set; } = "";

    [Params(1, 10, 1000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        database = await Database.CreateAsync(On);
        await using var db = database.Open();
        db.AddRange(Enumerable.Range(0, Rows).Select(database.NewItem));
        await db.SaveChangesAsync();
    }

    [GlobalCleanup]
    public void CleanUp() => database.Dispose();

    [Benchmark(Baseline = true)]
    public async Task<int> ReadByFromSql()
    {
        await using var db = database.Open();
        return (await db.WorkItems.FromSqlRaw("SELECT * FROM work_items WHERE order_id = {0} ORDER BY id LIMIT {1}", database.Order.Id, Rows)
            .AsNoTracking().ToListAsync()).Count;
    }

    [Benchmark]
    public async Task<int> Read()
    {
        await using var db = database.Open();
        return (await Items.QueryAsync<WorkItem>(new WorkRows(db, TenantScope.All), databaseClock: false, ("order", database.Order.Id), ("count", Rows))).Count;
    }
}
