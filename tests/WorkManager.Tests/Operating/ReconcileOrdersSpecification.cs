using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>Orders that do not agree with their items are found and mended, and nothing else is touched.</summary>
public abstract class ReconcileOrdersSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task What_agrees_is_left_as_it_is()
    {
        using var sink = new LogSink();
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddLogging(l => l.AddProvider(sink)));
        await app.SubmittedEchoAsync();
        await RetryOrderSpecification.FailedAsync(app);
        await app.Requester.ProposeAsync(Batches.Payload(3));
        await app.Agent("a").HeartbeatAsync((await app.LeaseAsync("a")).Token);
        await app.LeaseAsync("b");
        await app.ProposeEchoAsync();
        var closed = await app.ProposeEchoAsync();
        await app.Requester.CancelAsync(closed.Id);
        var rows = await Refusal.ReadAsync(app.Database);

        (await app.Maintenance.ReconcileAsync()).Should().BeEquivalentTo(new ReconcileResult(4, [], []));

        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
        sink.Entries.Should().NotContain(e => e.Event == "OrdersRecounted");
    }

    [Theory, InlineData("items_total", 7), InlineData("items_open", 0), InlineData("items_failed", 2)]
    public async Task Counts_that_are_wrong_are_mended_with_a_trace(string column, int wrong)
    {
        using var sink = new LogSink();
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddLogging(l => l.AddProvider(sink)));
        var order = await app.Requester.ProposeAsync(Batches.Payload(3));
        await app.Database.ExecuteAsync($"UPDATE work_orders SET {column} = {wrong}");
        app.Time.Advance(TimeSpan.FromMinutes(1));

        (await app.Maintenance.ReconcileAsync()).Should().BeEquivalentTo(new ReconcileResult(1, [order.Id], []));

        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.ItemsTotal, stored.ItemsOpen, stored.ItemsFailed, stored.UpdatedAt).Should()
            .Be((OrderState.Queued, 3, 3, 0, app.Time.GetUtcNow()));
        var trace = stored.Events.Should().ContainSingle(e => e.Event == WorkEventNames.Recounted).Subject;
        trace.Payload.Should().Contain($"\"previous_{column}\":{wrong}").And.Contain("\"items_total\":3,\"items_open\":3,\"items_failed\":0");
        trace.ActorId.Should().Be("maintenance");
        var (level, _, text, _) = sink.Entries.Should().ContainSingle(e => e.Event == "OrdersRecounted").Subject;
        level.Should().Be(LogLevel.Warning);
        text.Should().Contain($"{order.Id}");
        (await app.Maintenance.ReconcileAsync()).Recounted.Should().BeEmpty();
    }

    [Theory]
    [InlineData(false, OrderState.Queued, OrderState.CheckedOut)]
    [InlineData(true, OrderState.Queued, OrderState.InProgress)]
    [InlineData(true, OrderState.CheckedOut, OrderState.InProgress)]
    public async Task A_state_that_is_behind_catches_up(bool begun, OrderState behind, OrderState expected)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        var lease = await app.LeaseAsync();
        if (begun)
        {
            await app.Agent("agent-1").HeartbeatAsync(lease.Token);
        }

        await SetAsync(app, order.Id, behind);

        (await app.Maintenance.ReconcileAsync()).Should().BeEquivalentTo(new ReconcileResult(1, [], [order.Id]));

        (await app.OrderAsync(order.Id)).State.Should().Be(expected);
        await app.Agent("agent-1").SubmitAsync(lease, new BatchResult(lease.Input<Batch>().Id, true, 1));
    }

    [Fact]
    public async Task An_order_on_which_nobody_works_is_queued_and_one_without_open_items_is_submitted()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var idle = await app.ProposeEchoAsync();
        var done = await app.SubmittedEchoAsync("done");
        await SetAsync(app, idle.Id, OrderState.InProgress);
        await SetAsync(app, done.Id, OrderState.InProgress);

        var result = await app.Maintenance.ReconcileAsync();

        result.CaughtUp.Should().BeEquivalentTo([idle.Id, done.Id]);
        (await app.OrderAsync(idle.Id)).State.Should().Be(OrderState.Queued);
        (await app.OrderAsync(done.Id)).State.Should().Be(OrderState.Submitted);
        await app.Reviewer.ApproveAsync(done.Id);
    }

    [Fact]
    public async Task All_pages_and_tenants_are_compared()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeManyAsync([.. Enumerable.Range(0, 150).Select(i => new Proposal<EchoPayload>(new EchoPayload($"{i}")))]);
        await app.Of("other").ProposeAsync(new EchoPayload("other"));
        await app.Database.ExecuteAsync("UPDATE work_orders SET items_total = 2");

        var result = await app.Maintenance.ReconcileAsync();

        (result.Compared, result.Recounted.Count).Should().Be((151, 151));
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_orders WHERE items_total = 1")).Should().Be(151L);
    }

    private static Task<int> SetAsync(ShopApp app, Guid id, OrderState state) => app.ReadAsync(
        db => db.Set<WorkOrder>().Where(o => o.Id == id).ExecuteUpdateAsync(set => set.SetProperty(o => o.State, state)));
}

public sealed class ReconcileOrdersOnSqlite(SqliteFixture databases) : ReconcileOrdersSpecification(databases), IOnSqlite;

public sealed class ReconcileOrdersOnPostgreSql(PostgreSqlFixture databases) : ReconcileOrdersSpecification(databases), IOnPostgreSql;
