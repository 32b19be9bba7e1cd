using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Races;

/// <summary>Operations on one order at once: none is stuck, none waits in a circle, none is lost.</summary>
public abstract class LockingSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private static readonly Actor Agent = Actor.Agent("agent");
    private static readonly BatchResult Result = new("b", true, 1);
    private static readonly RejectionReason[] Reasons = [new("wrong", "Not like this.")];

    /// <summary>Orders of two items, all of them leased.</summary>
    private static readonly DatabaseTemplate Leased = new(async database =>
    {
        await ShopApp.MigrateAsync(database);
        var app = ShopApp.On(database);
        var orders = database.Provider == Provider.PostgreSql ? LockingOnPostgreSql.Orders : LockingOnSqlite.Orders;
        await Parallel.ForAsync(
            0, orders, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) => await app.Requester.ProposeAsync(Batches.Payload(2)));
        while ((await app.By(Agent).CheckoutManyAsync(1000)).Count > 0)
        {
        }
    });

    /// <summary>How many orders are raced for. One writer at a time makes SQLite slow, and the races simple.</summary>
    protected abstract int Count { get; }

    /// <summary>The same where the callers have transactions of their own.</summary>
    protected abstract int CountInCallersTransactions { get; }

    /// <summary>The same where claims race with rejects.</summary>
    protected abstract int CountOfRejects { get; }

    /// <summary>How many of them at once.</summary>
    protected abstract int AtOnce { get; }

    /// <summary>Whether there is one writer at a time, who is waited for.</summary>
    protected abstract bool WritersWait { get; }

    [Fact]
    public async Task Two_last_submits_at_once_submit_the_order()
    {
        await using var app = await StartAsync();
        var orders = await ReadOrdersAsync(app);
        var failures = new ConcurrentBag<Exception>();

        await RaceAsync(orders, async items =>
        {
            var line = new StartingLine(2);
            await Task.WhenAll(items.Select(lease => Task.Run(async () =>
            {
                await line.WaitAsync();
                Note(failures, await FailureOfAsync(() => app.By(Agent).SubmitAsync(lease, Result)));
            })));
        });

        failures.Should().BeEmpty();
        await ExpectAllSubmittedAsync(app, orders.Count);
        foreach (var step in (string[])["in_progress", "submitted"])
        {
            (await app.Database.ScalarAsync($"SELECT count(*) FROM work_events WHERE item_id IS NULL AND event = '{step}'"))
                .Should().Be((long)orders.Count, "whichever came first began the order, and the other one ended it");
        }
    }

    [Fact, Trait("Scenario", "S70")]
    public async Task Two_last_submits_in_strong_transactions_of_their_callers_submit_the_order_after_a_second_try_at_most()
    {
        await using var app = await StartAsync();
        var orders = (await ReadOrdersAsync(app)).Take(CountInCallersTransactions).ToList();
        var conflicts = 0;

        await RaceAsync(orders, async items =>
        {
            var line = new StartingLine(2);
            await Task.WhenAll(items.Select(lease => Task.Run(async () =>
            {
                var failure = await FailureOfAsync(() => SubmitInTransactionAsync(app, lease, line));
                if (failure is not null)
                {
                    IsConflict(failure).Should().BeTrue(failure.ToString());
                    Interlocked.Increment(ref conflicts);
                    // Alone, in a transaction that sees the other's: the conflict was the only obstacle.
                    await SubmitInTransactionAsync(app, lease, new StartingLine(1));
                }
            })));
        });

        output.WriteLine($"{orders.Count} orders, {conflicts} conflicts");
        conflicts.Should().Be(WritersWait ? 0 : orders.Count, "both of a pair read before either wrote, unless the second could not even begin");
        await ExpectAllSubmittedAsync(app, orders.Count);
    }

    [Fact]
    public async Task Submits_and_heartbeats_beside_a_reject_come_before_it_or_lose_their_lease()
    {
        await using var app = await StartAsync();
        var orders = (await ReadOrdersAsync(app)).Take(Count / 3).ToList();
        var failures = new ConcurrentBag<Exception>();
        int submitted = 0, lost = 0;

        await RaceAsync(orders, async items =>
        {
            var line = new StartingLine(4);
            Task Run(Func<Task> step) => Task.Run(async () =>
            {
                await line.WaitAsync();
                switch (await FailureOfAsync(step))
                {
                    case null:
                        Interlocked.Increment(ref submitted);
                        break;
                    case LeaseLostException:
                        Interlocked.Increment(ref lost);
                        break;
                    case var failure:
                        failures.Add(failure);
                        break;
                }
            });
            await Task.WhenAll(
                Run(() => app.By(Agent).SubmitAsync(items[0], Result)),
                Run(() => app.By(Agent).HeartbeatAsync(items[1])),
                Run(() => app.By(Agent).SubmitAsync(items[1], Result)),
                Run(() => app.Reviewer.RejectAsync(items.OrderId, Reasons)));
        });

        output.WriteLine($"{orders.Count} orders, {submitted - orders.Count} writes before the reject, {lost} leases lost to it");
        failures.Should().BeEmpty("0 deadlocks");
        await ExpectClosedAsync(app, orders);
    }

    [Fact]
    public async Task A_claim_beside_a_reject_that_is_not_committed_yet_leaves_no_lease_on_the_order()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var orders = new List<PairOfItems>();
        for (var i = 0; i < CountOfRejects; i++)
        {
            var order = await app.Requester.ProposeAsync(Batches.Payload(2));
            orders.Add(new(order.Id, new(order.Items.First().Id, 1), new(order.Items.Last().Id, 1)));
        }

        var granted = 0;
        await RaceAsync(orders, async items =>
        {
            var line = new StartingLine(2);
            async Task<int> ClaimAsync() => (await app.By(Agent).CheckoutManyAsync(2, new() { OrderId = items.OrderId })).Count;
            var before = Task.Run(async () =>
            {
                await line.WaitAsync();
                return await ClaimAsync();
            });

            await using var scope = app.NewScope();
            var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
            await line.WaitAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.User("bert")).RejectAsync(items.OrderId, Reasons);

            // The reject is done and open: from here on there is nothing to claim, committed or not.
            var beside = Task.Run(ClaimAsync);
            if (!WritersWait)
            {
                (await beside).Should().Be(0, "a claim waits for nobody");
            }

            await transaction.CommitAsync();
            (await beside).Should().Be(0);
            Interlocked.Add(ref granted, await before);
        });

        output.WriteLine($"{orders.Count} orders, {granted} items leased before the reject came and took them back");
        await ExpectClosedAsync(app, orders);
    }

    /// <summary>Opens the strongest kind of transaction that callers use, at the same time as the other of a pair.</summary>
    private protected abstract Task<IDbContextTransaction> BeginTogetherAsync(ShopContext db, StartingLine line);

    /// <summary>Whether the database refused a write because another was committed since the transaction began to read.</summary>
    private protected abstract bool IsConflict(DbException failure);

    private async Task<ShopApp> StartAsync() => ShopApp.On(await databases.CreateAsync(Leased));

    private async Task<List<PairOfItems>> ReadOrdersAsync(ShopApp app)
    {
        var items = await app.ReadAsync(db => db.Set<WorkItem>().AsNoTracking().ToListAsync());
        return [.. items.GroupBy(i => i.OrderId).Take(Count).Select(g => new PairOfItems(g.Key, Token(g.First()), Token(g.Last())))];

        static LeaseToken Token(WorkItem item) => new(item.Id, item.LeaseEpoch);
    }

    private Task RaceAsync(IEnumerable<PairOfItems> orders, Func<PairOfItems, Task> race) =>
        Parallel.ForEachAsync(orders, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (order, _) => await race(order));

    private async Task SubmitInTransactionAsync(ShopApp app, LeaseToken lease, StartingLine line)
    {
        await using var scope = app.NewScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        await using var transaction = await BeginTogetherAsync(db, line);
        await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Agent).SubmitAsync(lease, Result);
        await transaction.CommitAsync();
    }

    private bool IsConflict(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException database)
            {
                return IsConflict(database);
            }
        }

        return false;
    }

    private static async Task ExpectAllSubmittedAsync(ShopApp app, int count)
    {
        var orders = await app.ReadAsync(db => db.Set<WorkOrder>().AsNoTracking().Include(o => o.Items).Include(o => o.Events).AsSplitQuery()
            .Where(o => o.Items.Any(i => i.State == ItemState.Submitted)).ToListAsync());
        orders.Should().HaveCount(count);
        orders.Count(o => o.State != OrderState.Submitted).Should().Be(0, "no order is stuck");
        orders.Should().OnlyContain(o => o.ItemsOpen == 0 && o.Items.All(i => i.State == ItemState.Submitted && i.Result != null));
        orders.Should().OnlyContain(
            o => o.Events.Count(e => e.Event == "submitted" && e.ItemId == null) == 1 && o.Events.Count(e => e.Event == "submitted") == 3);
    }

    private static async Task ExpectClosedAsync(ShopApp app, List<PairOfItems> raced)
    {
        var ids = raced.ConvertAll(o => o.OrderId);
        var orders = await app.ReadAsync(db => db.Set<WorkOrder>().AsNoTracking().Include(o => o.Items).Where(o => ids.Contains(o.Id)).ToListAsync());
        orders.Should().HaveCount(raced.Count).And.OnlyContain(o => o.State == OrderState.Rejected);
        orders.SelectMany(o => o.Items).Count(i => i.IsLeased || i.LeasedByAgentId is not null || i.ReadyAt is not null)
            .Should().Be(0, "no lease on a rejected order");
        orders.Should().OnlyContain(o => o.ItemsOpen == o.Items.Count(i => i.State == ItemState.Queued));
    }

    private static async Task<Exception?> FailureOfAsync(Func<Task> step)
    {
        try
        {
            await step();
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private static void Note(ConcurrentBag<Exception> failures, Exception? failure)
    {
        if (failure is not null)
        {
            failures.Add(failure);
        }
    }

    /// <summary>An order and the leases on its two items.</summary>
    private protected sealed record PairOfItems(Guid OrderId, LeaseToken First, LeaseToken Second)
    {
        public LeaseToken this[int index] => index == 0 ? First : Second;

        public IEnumerable<T> Select<T>(Func<LeaseToken, T> selector) => [selector(First), selector(Second)];
    }
}

public sealed class LockingOnSqlite(SqliteFixture databases, ITestOutputHelper output) : LockingSpecification(databases, output), IOnSqlite
{
    public const int Orders = 60;

    protected override int Count => Orders;

    protected override int CountInCallersTransactions => 30;

    protected override int CountOfRejects => 30;

    protected override bool WritersWait => true;

    // A caller's own transaction waits on a thread of the pool, 150 ms at a time.
    protected override int AtOnce => 2;

    private protected override async Task<IDbContextTransaction> BeginTogetherAsync(ShopContext db, StartingLine line)
    {
        await line.WaitAsync();
        return await db.Database.BeginTransactionAsync(IsolationLevel.Serializable);
    }

    private protected override bool IsConflict(DbException failure) => false;
}

public sealed class LockingOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : LockingSpecification(databases, output), IOnPostgreSql
{
    public const int Orders = 120;

    protected override int Count => Orders;

    protected override int CountInCallersTransactions => Orders;

    protected override int CountOfRejects => 60;

    protected override bool WritersWait => false;

    protected override int AtOnce => 16;

    private protected override async Task<IDbContextTransaction> BeginTogetherAsync(ShopContext db, StartingLine line)
    {
        var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        // The snapshot is taken by the first statement.
        await db.Customers.AnyAsync();
        await line.WaitAsync();
        return transaction;
    }

    private protected override bool IsConflict(DbException failure) => failure.SqlState == "40001";
}
