using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Orders;

/// <summary>The host's own queries over orders, items, parts, events and provenance, run by the database.</summary>
public abstract class WorkQueryExtensionsSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Orders_are_found_by_state_type_and_requester()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var echo = await app.ProposeEchoAsync();
        var batch = await app.By(Actor.Agent("requester")).ProposeAsync(Batches.Payload(1));
        await app.LeaseAsync(orderId: echo.Id);

        (await IdsAsync(o => o.InState(OrderState.Queued))).Should().Equal(batch.Id);
        (await IdsAsync(o => o.InState(OrderState.Queued, OrderState.CheckedOut))).Should().Equal(echo.Id, batch.Id);
        (await IdsAsync(o => WorkQueryExtensions.OfType(o, "test.echo"))).Should().Equal(echo.Id);
        (await IdsAsync(o => o.RequestedBy(Actor.User("requester")))).Should().Equal(echo.Id);
        (await IdsAsync(o => o.RequestedBy(Actor.Agent("requester")))).Should().Equal(batch.Id);
        (await IdsAsync(o => o.RequestedBy(Actor.User("nobody")))).Should().BeEmpty();

        Task<List<Guid>> IdsAsync(Func<IQueryable<WorkOrder>, IQueryable<WorkOrder>> scope) =>
            app.ReadAsync(db => scope(db.Set<WorkOrder>().OrderBy(o => o.Id)).Select(o => o.Id).ToListAsync());
    }

    [Fact]
    public async Task Items_are_found_by_state_lease_and_availability()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeAsync(Batches.Payload(4), new() { Priority = 10 });
        await app.ProposeEchoAsync("urgent", 20);
        var urgent = await app.LeaseAsync("agent-1");
        await app.Agent("agent-1").HeartbeatAsync(urgent);
        app.Time.Advance(TimeSpan.FromSeconds(60));
        var second = await app.LeaseAsync("agent-2");
        app.Time.Advance(TimeSpan.FromSeconds(60));
        var now = app.Time.GetUtcNow();

        (await ItemsAsync(i => i.InState(ItemState.InProgress))).Should().Equal(urgent.Item.Id);
        (await ItemsAsync(i => i.InState(ItemState.InProgress, ItemState.Leased))).Should().BeEquivalentTo([urgent.Item.Id, second.Item.Id]);
        (await ItemsAsync(i => i.WithExpiredLease(now))).Should().Equal(urgent.Item.Id);
        (await ItemsAsync(i => i.WithExpiredLease(now.AddSeconds(-1)))).Should().BeEmpty();
        (await ItemsAsync(i => i.LeasedBy("agent-2"))).Should().Equal(second.Item.Id);
        var available = await app.ReadAsync(db => db.Set<WorkItem>().AvailableForLease(app.Time.GetUtcNow()).AsNoTracking().ToListAsync());
        available.Should().HaveCount(3).And.AllSatisfy(i => i.State.Should().Be(ItemState.Queued));
        available.Select(i => i.Id).Should().BeInAscendingOrder().And.StartWith((await app.LeaseAsync("agent-3")).Item.Id, "the next to be leased comes first");

        Task<List<Guid>> ItemsAsync(Func<IQueryable<WorkItem>, IQueryable<WorkItem>> scope) =>
            app.ReadAsync(db => scope(db.Set<WorkItem>()).Select(i => i.Id).ToListAsync());
    }

    [Fact]
    public async Task Parts_are_found_by_status_and_key_and_the_latest_of_each()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        await app.ProposeEchoAsync();
        var parts = new (string Key, int? Seq, string Status)[] { ("a", null, "validated"), ("a", 2, "validated"), ("a", 1, "rejected"), ("b", null, "draft") };
        foreach (var (key, seq, status) in parts)
        {
            foreach (var which in (string[])["min", "max"])
            {
                await app.Database.ExecuteAsync(
                    $"""
                    INSERT INTO work_item_parts (id, work_item_id, part_key, seq, status, payload, submitted_by_agent_id, lease_epoch, created_at, updated_at)
                    SELECT '{Guid.NewGuid().ToString().ToUpperInvariant()}', id, '{key}', {(seq is null ? "NULL" : $"{seq}")}, '{status}',
                        '{"{}"}', 'agent-1', 1, created_at, updated_at
                    FROM work_items ORDER BY id {(which == "min" ? "ASC" : "DESC")} LIMIT 1
                    """);
            }
        }

        (await PartsAsync(p => p.Validated())).Should().Equal("a ", "a ", "a 2", "a 2");
        (await PartsAsync(p => p.ForKey("b"))).Should().Equal("b ", "b ");
        (await PartsAsync(p => p.LatestPerKey())).Should().Equal("a 2", "a 2", "b ", "b ");
        (await PartsAsync(p => p.Validated().ForKey("a").LatestPerKey())).Should().Equal("a 2", "a 2");

        async Task<IEnumerable<string>> PartsAsync(Func<IQueryable<WorkItemPart>, IQueryable<WorkItemPart>> scope) =>
            (await app.ReadAsync(db => scope(db.Set<WorkItemPart>()).AsNoTracking().ToListAsync()))
                .Select(p => $"{p.PartKey} {p.Seq}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Events_are_found_by_actor_and_by_the_last_day()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        app.Time.Advance(TimeSpan.FromHours(24));
        await app.LeaseAsync("agent-1");
        var now = app.Time.GetUtcNow();

        (await EventsAsync(e => e.ByActor(Actor.User("requester")))).Should().Equal("proposed");
        (await EventsAsync(e => e.ByActor(Actor.Agent("agent-1")))).Should().Equal("leased", "checked_out");
        (await EventsAsync(e => e.ByActor(Actor.User("agent-1")))).Should().BeEmpty();
        (await EventsAsync(e => e.Recent(now))).Should().HaveCount(4);
        (await EventsAsync(e => e.Recent(now.AddSeconds(1)))).Should().Equal("leased", "checked_out");

        Task<List<string>> EventsAsync(Func<IQueryable<WorkEvent>, IQueryable<WorkEvent>> scope) =>
            app.ReadAsync(db => scope(db.Set<WorkEvent>()).OrderBy(e => e.Id).Select(e => e.Event).ToListAsync());
    }

    [Fact]
    public async Task Provenance_is_found_by_the_name_of_the_agent()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        await app.ProposeEchoAsync();
        await app.Database.ExecuteAsync("UPDATE work_provenances SET agent_name = 'zone-bot' WHERE id = (SELECT min(id) FROM work_provenances)");

        (await app.ReadAsync(db => db.Set<WorkProvenance>().ByAgent("zone-bot").CountAsync())).Should().Be(1);
        (await app.ReadAsync(db => db.Set<WorkProvenance>().ByAgent("other").CountAsync())).Should().Be(0);
    }
}

public sealed class WorkQueryExtensionsOnSqlite(SqliteFixture databases) : WorkQueryExtensionsSpecification(databases), IOnSqlite;

public sealed class WorkQueryExtensionsOnPostgreSql(PostgreSqlFixture databases) : WorkQueryExtensionsSpecification(databases), IOnPostgreSql;
