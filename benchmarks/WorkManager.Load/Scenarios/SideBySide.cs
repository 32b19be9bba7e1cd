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
                return await CountAsync(open(host));
            },
        };

    /// <summary>The library, at ending leases that it was given before. Each caller has as many as every other, and neighbours, which are of one order.</summary>
    /// <param name="name">The name in the tables.</param>
    /// <param name="orders">How many orders the leases are of.</param>
    /// <param name="itemsPerOrder">How many of each.</param>
    /// <param name="callers">How many end them.</param>
    /// <param name="perCall">How many a call ends.</param>
    /// <param name="end">Ends the leases of a caller.</param>
    /// <param name="counts">Whether to count what one caller alone sends.</param>
    public Contender OnLeases(
        string name, int orders, int itemsPerOrder, int callers, int perCall, Func<WorkLease[], ICaller> end, bool counts = false)
    {
        var share = orders * itemsPerOrder / callers;
        var leases = new List<WorkLease>();
        async Task PrepareAsync()
        {
            await database.RefillAsync(orders, itemsPerOrder);
            leases = await WorkManagerCallers.LeaseAllAsync(host);
            await database.SettleAsync();
        }

        return new(name, PrepareAsync, async () =>
        {
            var shares = new Queue<WorkLease[]>(leases.Chunk(share));
            await using var session = new Session(() => Task.FromResult(end(shares.Dequeue())));
            return await Crowd.RunInSharesAsync(session, callers, share / perCall);
        })
        {
            CountAsync = !counts ? null : async () =>
            {
                await PrepareAsync();
                return await CountAsync(end([.. leases]));
            },
        };
    }

    /// <summary>What one caller alone sends, an item.</summary>
    private async Task<IReadOnlyList<StepCost>> CountAsync(ICaller caller)
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
