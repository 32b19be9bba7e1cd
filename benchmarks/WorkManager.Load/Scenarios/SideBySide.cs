using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;
using WorkManager.Load.Systems;
using WorkManager.Load.Systems.Limit;

namespace WorkManager.Load.Scenarios;

/// <summary>The library and plain SQL at the same work, on the same database, one after the other.</summary>
internal sealed class SideBySide(LoadDatabase database, WorkManagerHost host)
{
    private const int CountedItems = 50;

    public ILimit Limit { get; } = database is SqliteDatabase sqlite ? new SqliteLimit(sqlite) : new PostgreSqlLimit((PostgreSqlDatabase)database);

    /// <summary>Plain SQL.</summary>
    public Contender LimitAt(Func<Task> prepare, Func<ILimit, ISession> open, int callers, int operations, Func<ILimit, IReadOnlyList<StepCost>> cost) =>
        new(Contender.Limit, prepare, async () =>
        {
            await using var session = open(Limit);
            return await Crowd.RunAsync(session, callers, operations);
        })
        {
            ReadRowsAsync = database.ReadRowsAsync,
            CountAsync = () => Task.FromResult(cost(Limit)),
        };

    /// <summary>The library.</summary>
    public Contender WorkManagerAt(Func<Task> prepare, Func<WorkManagerHost, ICaller> open, int callers, int operations, string name = Contender.WorkManager) =>
        new(name, prepare, async () =>
        {
            await using var session = new Session(() => Task.FromResult(open(host)));
            return await Crowd.RunAsync(session, callers, operations);
        })
        {
            ReadRowsAsync = database.ReadRowsAsync,
            CountAsync = async () =>
            {
                await prepare();
                return await CountAsync(open(host), database);
            },
        };

    /// <summary>What one caller alone sends, an item.</summary>
    public static async Task<IReadOnlyList<StepCost>> CountAsync(ICaller caller, LoadDatabase database)
    {
        using var counter = await StatementCounter.StartAsync();
        var items = 0;
        while (items < CountedItems)
        {
            items += await caller.WorkAsync(counter);
        }

        return counter.PerItem(items, inProcess: database is SqliteDatabase);
    }
}
