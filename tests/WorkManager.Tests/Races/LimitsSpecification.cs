using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Races;

/// <summary>Claims that run at once never pass a limit together, and leave no work that a limit allows.</summary>
public abstract class LimitsSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const int Claimers = 16;
    private const int Limit = 5;

    // By hand more: WORKMANAGER_LIMITED_ITEMS=2000
    private static readonly int Items =
        int.TryParse(Environment.GetEnvironmentVariable("WORKMANAGER_LIMITED_ITEMS"), CultureInfo.InvariantCulture, out var items) ? items : 60;

    [Theory, Trait("Bug", "B39"), InlineData("agent"), InlineData("type"), InlineData("tenant")]
    public async Task Claimers_at_once_never_hold_more_than_the_limit(string limit)
    {
        await using var app = await ShopApp.StartAsync(databases, null, o =>
        {
            o.Lease.MaxPerAgent = limit == "agent" ? Limit : null;
            o.Lease.MaxPerType = limit == "type" ? Limit : null;
            o.Lease.MaxPerTenant = limit == "tenant" ? Limit : null;
        });
        var order = await app.Requester.ProposeAsync(Batches.Payload(Items));
        var (line, most, done, looks) = (new StartingLine(Claimers), 0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, Claimers).Select(n => Task.Run(async () =>
        {
            var agent = app.Agent(limit == "agent" ? "agent" : $"agent-{n}");
            await line.WaitAsync();
            while (Volatile.Read(ref done) < Items)
            {
                var leases = await agent.CheckoutManyAsync(1 + (n % 3));
                var live = (int)(long)(await app.Database.ScalarAsync("SELECT count(*) FROM work_items WHERE state IN ('leased', 'in_progress')"))!;
                Interlocked.Increment(ref looks);
                InterlockedMax(ref most, live);
                if (leases.Count == 0)
                {
                    // On SQLite nothing is awaited: those that have work to do would wait for a thread.
                    await Task.Yield();
                }

                foreach (var lease in leases)
                {
                    await agent.SubmitAsync(lease, new BatchResult(lease.Input<Batch>().Id, true, 1));
                    Interlocked.Increment(ref done);
                }
            }
        })));

        output.WriteLine($"{Claimers} claimers, a limit of {Limit} per {limit}: {Items} items, at most {most} leases were live in {looks} looks");
        most.Should().BeInRange(1, Limit);
        (await app.ReadAsync(db => db.Set<WorkOrder>().Where(o => o.Id == order.Id).Select(o => o.State).SingleAsync())).Should().Be(OrderState.Submitted);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}

public sealed class LimitsOnSqlite(SqliteFixture databases, ITestOutputHelper output) : LimitsSpecification(databases, output), IOnSqlite;

public sealed class LimitsOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : LimitsSpecification(databases, output), IOnPostgreSql;
