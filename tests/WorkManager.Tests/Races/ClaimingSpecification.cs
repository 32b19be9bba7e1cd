using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Races;

public abstract class ClaimingSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const int Processes = 3;
    private const int LargeOrders = 15;
    private const int ItemsOfALargeOrder = 60;
    private const int SmallOrders = 75;
    private const int ItemsOfASmallOrder = 4;
    private const int Items = (LargeOrders * ItemsOfALargeOrder) + (SmallOrders * ItemsOfASmallOrder);

    protected abstract int TasksPerProcess { get; }

    [Fact, Trait("Scenario", "S70")]
    public async Task Processes_that_claim_at_once_share_the_items_out_and_orders_show_the_roll_up_of_theirs()
    {
        await using var app = await ShopApp.StartAsync(databases);
        for (var i = 0; i < LargeOrders + SmallOrders; i++)
        {
            await app.Requester.ProposeAsync(Batches.Payload(i < LargeOrders ? ItemsOfALargeOrder : ItemsOfASmallOrder), new() { Priority = i % 3 * 40 });
        }

        var claimed = await ClaimAllAsync(app);

        var items = await app.ReadAsync(db => db.Set<WorkItem>().AsNoTracking().ToListAsync());
        var orders = await app.ReadAsync(db => db.Set<WorkOrder>().AsNoTracking().Include(o => o.Events).AsSplitQuery().ToListAsync());
        var grants = await app.ReadAsync(db => db.Set<WorkEvent>().Where(e => e.Event == "leased").Select(e => new { e.ItemId, e.LeaseEpoch }).ToListAsync());
        output.WriteLine($"{Processes} processes × {TasksPerProcess} connections: {claimed.Count} leases, {claimed.Distinct().Count()} of them different, "
            + $"{grants.Count} events, {items.Count(i => i.State == ItemState.Leased)} of {Items} items leased, "
            + $"{items.Count(i => i.ReadyAt is not null)} left");

        claimed.Should().HaveCount(Items, "none is left").And.OnlyHaveUniqueItems("no item is leased twice at once");
        claimed.ToHashSet().SetEquals(items.Select(i => new LeaseToken(i.Id, i.LeaseEpoch))).Should().BeTrue("what was promised is what is stored");
        grants.Should().HaveCount(Items).And.OnlyHaveUniqueItems("each epoch has one event");
        claimed.ToHashSet().SetEquals(grants.Select(g => new LeaseToken(g.ItemId!.Value, g.LeaseEpoch!.Value))).Should().BeTrue("each lease has its event");
        items.Should().OnlyContain(i => i.State == ItemState.Leased && i.LeaseEpoch == 1 && i.ReadyAt == null && i.LeasedByAgentId != null);

        orders.Should().HaveCount(LargeOrders + SmallOrders);
        var counts = items.CountBy(i => i.OrderId).ToDictionary();
        orders.Should().OnlyContain(o =>
            o.State == OrderState.CheckedOut && o.ItemsTotal == counts[o.Id] && o.ItemsOpen == counts[o.Id] && o.ItemsFailed == 0);
        orders.Should().OnlyContain(o => o.Events.Count(e => e.Event == "checked_out") == 1);
    }

    private async Task<List<LeaseToken>> ClaimAllAsync(ShopApp app)
    {
        var workers = await Task.WhenAll(Enumerable.Range(0, Processes).Select(process => WorkerProcess.StartAsync(
            "claim", databases.Provider, app.Database.ConnectionString,
            process.ToString(CultureInfo.InvariantCulture), TasksPerProcess.ToString(CultureInfo.InvariantCulture))));
        try
        {
            foreach (var worker in workers)
            {
                worker.Go();
            }

            var lines = await Task.WhenAll(workers.Select(worker => worker.ReadToEndAsync()));
            return [.. lines.SelectMany(l => l).Select(Read)];
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    private static LeaseToken Read(string line) => line.Split(' ') is [var item, var epoch]
        ? new LeaseToken(Guid.Parse(item, CultureInfo.InvariantCulture), long.Parse(epoch, CultureInfo.InvariantCulture))
        : throw new FormatException(line);
}

public sealed class ClaimingOnSqlite(SqliteFixture databases, ITestOutputHelper output) : ClaimingSpecification(databases, output), IOnSqlite
{
    protected override int TasksPerProcess => 2;
}

public sealed class ClaimingOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : ClaimingSpecification(databases, output), IOnPostgreSql
{
    protected override int TasksPerProcess => 5;
}
