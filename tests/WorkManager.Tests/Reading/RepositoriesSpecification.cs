using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Reading;

public abstract class RepositoriesSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task The_guides_three_example_queries_work_on_the_hosts_context()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var first = await app.ProposeEchoAsync("first");
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await app.ProposeEchoAsync("second");
        await app.LeaseAsync();

        var queued = await app.ReadAsync(db => db.Set<WorkOrder>().Where(o => o.State == OrderState.Queued).ToListAsync());
        queued.Select(o => o.Id).Should().Equal(second.Id);

        var available = await app.ReadAsync(db =>
            db.Set<WorkItem>().Where(i => i.State == ItemState.Queued && i.LeaseExpiresAt == null).OrderBy(i => i.CreatedAt).FirstAsync());
        available.OrderId.Should().Be(second.Id);

        var order = await app.ReadAsync(db => db.Set<WorkOrder>().Include(o => o.Items).Include(o => o.Events).SingleAsync(o => o.Id == first.Id));
        order.Items.Should().ContainSingle().Which.Order.Should().BeSameAs(order);
        order.Events.Should().HaveCount(4);
    }

    [Fact]
    public async Task Orders_are_listed_newest_first_by_state_type_and_requester()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var echo = await app.ProposeEchoAsync();
        var batch = await app.Requester.ProposeAsync(Batches.Payload(1));
        var other = await app.By(Actor.Agent("planner")).ProposeAsync(Batches.Payload(1));
        await app.LeaseAsync(orderId: echo.Id);

        (await ListAsync(new())).Should().Equal(other.Id, batch.Id, echo.Id);
        (await ListAsync(new() { State = OrderState.CheckedOut })).Should().Equal(echo.Id);
        (await ListAsync(new() { Type = "test.batch" })).Should().Equal(other.Id, batch.Id);
        (await ListAsync(new() { RequestedBy = Actor.User("requester") })).Should().Equal(batch.Id, echo.Id);
        (await ListAsync(new() { Type = "test.batch", State = OrderState.Queued, RequestedBy = Actor.Agent("planner") })).Should().Equal(other.Id);
        (await ListAsync(new() { Type = "test.unknown" })).Should().BeEmpty();

        async Task<IEnumerable<Guid>> ListAsync(OrderQuery query)
        {
            var found = await With<IWorkOrderRepository, WorkPage<WorkOrder>>(app, r => r.ListAsync(query));
            (await app.Requester.ListAsync(query)).Items.Select(o => o.Id).Should().Equal(found.Items.Select(o => o.Id));
            return found.Items.Select(o => o.Id);
        }
    }

    [Fact]
    public async Task An_order_comes_with_what_was_asked_for_and_nothing_else()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        await app.Database.ExecuteAsync(
            $"""
            INSERT INTO work_item_parts (id, work_item_id, part_key, status, payload, submitted_by_agent_id, lease_epoch, created_at, updated_at)
            SELECT id, id, 'part', 'validated', '{"{}"}', 'agent-1', 1, created_at, updated_at FROM work_items
            """);

        (await CountsAsync(OrderParts.None)).Should().Be((0, 0, 0, 0));
        (await CountsAsync(OrderParts.Items)).Should().Be((2, 0, 0, 0));
        (await CountsAsync(OrderParts.ItemParts)).Should().Be((2, 2, 0, 0));
        (await CountsAsync(OrderParts.Events)).Should().Be((0, 0, 2, 0));
        (await CountsAsync(OrderParts.Provenances)).Should().Be((0, 0, 0, 1));
        (await CountsAsync(OrderParts.All)).Should().Be((2, 2, 2, 1));
        (await With<IWorkOrderRepository, WorkOrder?>(app, r => r.FindAsync(Guid.NewGuid(), OrderParts.All))).Should().BeNull();

        async Task<(int Items, int Parts, int Events, int Provenances)> CountsAsync(OrderParts include)
        {
            var found = (await With<IWorkOrderRepository, WorkOrder?>(app, r => r.FindAsync(order.Id, include)))!;
            var listed = (await With<IWorkOrderRepository, WorkPage<WorkOrder>>(app, r => r.ListAsync(new(), include))).Items.Single();
            Counts(listed).Should().Be(Counts(found));
            return Counts(found);
        }

        static (int Items, int Parts, int Events, int Provenances) Counts(WorkOrder o) =>
            (o.Items.Count, o.Items.Sum(i => i.Parts.Count), o.Events.Count, o.Provenances.Count);
    }

    [Fact]
    public async Task A_page_leads_to_the_next_until_all_were_seen_once()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var expected = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            expected.Insert(0, (await app.ProposeEchoAsync()).Id);
        }

        var seen = new List<Guid>();
        string? after = null;
        var sizes = new List<int>();
        do
        {
            var page = await app.Requester.ListAsync(new() { Limit = 2, After = after });
            // What comes in between pages neither shifts nor repeats anything.
            await app.ProposeEchoAsync();
            seen.AddRange(page.Items.Select(o => o.Id));
            sizes.Add(page.Items.Count);
            after = page.Next;
        }
        while (after is not null);

        sizes.Should().Equal(2, 2, 1);
        seen.Should().Equal(expected);
        (await app.Requester.ListAsync(new() { Limit = 10 })).Next.Should().BeNull();
    }

    [Fact]
    public async Task A_page_size_or_cursor_that_is_none_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(3));
        var ofEvents = (await With<IWorkEventRepository, WorkPage<WorkEvent>>(app, r => r.ListByOrderAsync(order.Id, 1))).Next;

        foreach (var limit in (int[])[0, -1, 101])
        {
            await app.RefusesAsync<InvalidQueryException>("invalid_query", () => app.Requester.ListAsync(new() { Limit = limit }));
        }

        foreach (var cursor in (string?[])["", "nonsense", "***", new string('a', 1000), ofEvents])
        {
            await app.RefusesAsync<InvalidQueryException>("invalid_cursor", () => app.Requester.ListAsync(new() { After = cursor }));
        }

        await app.RefusesAsync<InvalidQueryException>(
            "invalid_cursor", () => With<IWorkItemRepository, object>(app, async r => await r.ListByOrderAsync(order.Id, 1, ofEvents)));
        foreach (var limit in (int[])[0, 501])
        {
            await app.RefusesAsync<InvalidQueryException>(
                "invalid_query", () => With<IWorkItemRepository, object>(app, async r => await r.ListByOrderAsync(order.Id, limit)));
            await app.RefusesAsync<InvalidQueryException>(
                "invalid_query", () => With<IWorkItemRepository, object>(app, async r => await r.ListAvailableAsync(null, limit)));
            await app.RefusesAsync<InvalidQueryException>(
                "invalid_query", () => With<IWorkItemRepository, object>(app, async r => await r.ListExpiredAsync(limit)));
            await app.RefusesAsync<InvalidQueryException>(
                "invalid_query", () => With<IWorkEventRepository, object>(app, async r => await r.ListByOrderAsync(order.Id, limit)));
            await app.RefusesAsync<InvalidQueryException>(
                "invalid_query", () => With<IWorkEventRepository, object>(app, async r => await r.ListByItemAsync(order.Id, limit)));
        }
    }

    [Fact]
    public async Task Available_items_are_listed_in_the_order_in_which_they_would_be_leased()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeAsync(Batches.Payload(2), new() { Priority = 10 });
        await app.ProposeEchoAsync("urgent", 90);
        await app.ProposeEchoAsync("low", 1);

        var all = await With<IWorkItemRepository, IReadOnlyList<WorkItem>>(app, r => r.ListAvailableAsync());
        var echoes = await With<IWorkItemRepository, IReadOnlyList<WorkItem>>(app, r => r.ListAvailableAsync("test.echo"));
        var one = await With<IWorkItemRepository, IReadOnlyList<WorkItem>>(app, r => r.ListAvailableAsync(limit: 1));

        all.Select(i => (int)i.Priority).Should().Equal(90, 10, 10, 1);
        echoes.Select(i => (int)i.Priority).Should().Equal(90, 1);
        one.Should().ContainSingle();
        (await app.Agent("agent-1").CheckoutManyAsync(10)).Select(l => l.Item.Id).Should().Equal(all.Select(i => i.Id));
        (await With<IWorkItemRepository, IReadOnlyList<WorkItem>>(app, r => r.ListAvailableAsync())).Should().BeEmpty();
    }

    [Fact]
    public async Task Items_are_found_by_id_by_order_and_by_a_lease_that_ran_out()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(3));
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync(orderId: order.Id);
        app.Time.Advance(TimeSpan.FromSeconds(119));
        (await With<IWorkItemRepository, IReadOnlyList<WorkItem>>(app, r => r.ListExpiredAsync())).Should().BeEmpty();
        app.Time.Advance(TimeSpan.FromSeconds(1));

        (await With<IWorkItemRepository, IReadOnlyList<WorkItem>>(app, r => r.ListExpiredAsync())).Should().ContainSingle().Which.Id.Should().Be(lease.Item.Id);
        (await With<IWorkItemRepository, WorkItem?>(app, r => r.FindAsync(lease.Item.Id)))!.LeasedByAgentId.Should().Be("agent-1");
        (await With<IWorkItemRepository, WorkItem?>(app, r => r.FindAsync(Guid.NewGuid()))).Should().BeNull();
        var page = await With<IWorkItemRepository, WorkPage<WorkItem>>(app, r => r.ListByOrderAsync(order.Id, 2));
        var rest = await With<IWorkItemRepository, WorkPage<WorkItem>>(app, r => r.ListByOrderAsync(order.Id, 2, page.Next));
        page.Items.Concat(rest.Items).Select(i => i.Id).Should().Equal(order.Items.Select(i => i.Id));
        rest.Next.Should().BeNull();
        (await With<IWorkItemRepository, WorkPage<WorkItem>>(app, r => r.ListByOrderAsync(Guid.NewGuid()))).Items.Should().BeEmpty();
    }

    [Fact]
    public async Task Events_are_read_as_they_happened_by_order_and_by_item()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        await app.SubmittedEchoAsync();

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await With<IWorkEventRepository, WorkPage<WorkEvent>>(app, r => r.ListByOrderAsync(order.Id, 3, after));
            seen.AddRange(page.Items.Select(e => e.Event));
            after = page.Next;
        }
        while (after is not null);

        seen.Should().Equal(await app.EventsAsync(order.Id));
        (await With<IWorkEventRepository, WorkPage<WorkEvent>>(app, r => r.ListByItemAsync(order.Items.Single().Id))).Items.Select(e => e.Event)
            .Should().Equal("leased", "in_progress", "submitted");
    }

    [Fact]
    public async Task What_is_read_is_tracked_by_nobody_and_a_cancelled_token_stops_reading()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        await using var scope = app.NewScope();
        var orders = scope.ServiceProvider.GetRequiredService<IWorkOrderRepository>();

        await orders.FindAsync(order.Id, OrderParts.All);
        await orders.ListAsync(new(), OrderParts.All);

        scope.ServiceProvider.GetRequiredService<ShopContext>().ChangeTracker.Entries().Should().BeEmpty();
        var cancelled = () => orders.FindAsync(order.Id, OrderParts.None, new CancellationToken(true));
        await cancelled.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task An_unknown_order_is_not_found_by_the_manager()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();

        (await app.Requester.GetAsync(order.Id)).Items.Should().HaveCount(1);
        var refusal = await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Requester.GetAsync(Guid.NewGuid()));
        refusal.Entity.Should().Be("order");
    }

    private static async Task<TResult> With<TRepository, TResult>(ShopApp app, Func<TRepository, Task<TResult>> read)
        where TRepository : notnull
    {
        await using var scope = app.NewScope();
        return await read(scope.ServiceProvider.GetRequiredService<TRepository>());
    }
}

public sealed class RepositoriesOnSqlite(SqliteFixture databases) : RepositoriesSpecification(databases), IOnSqlite;

public sealed class RepositoriesOnPostgreSql(PostgreSqlFixture databases) : RepositoriesSpecification(databases), IOnPostgreSql;
