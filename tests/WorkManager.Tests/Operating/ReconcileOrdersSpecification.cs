using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>Orders that do not agree with their items are found and mended, and nothing else is touched.</summary>
public abstract class ReconcileOrdersSpecification(DatabaseFixture databases)
{
    private static readonly Dictionary<Guid, WorkManagerException> None = [];

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

        (await app.Maintenance.ReconcileAsync()).Should().BeEquivalentTo(new ReconcileResult(4, [], [], None));

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

        (await app.Maintenance.ReconcileAsync()).Should().BeEquivalentTo(new ReconcileResult(1, [order.Id], [], None));

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

        (await app.Maintenance.ReconcileAsync()).Should().BeEquivalentTo(new ReconcileResult(1, [], [order.Id], None));

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
    public async Task An_order_whose_items_are_gone_is_reported_and_not_submitted()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        await app.Database.ExecuteAsync("UPDATE work_events SET item_id = NULL");
        await app.Database.ExecuteAsync("DELETE FROM work_items");

        (await app.Maintenance.ReconcileAsync()).Should().BeEquivalentTo(new ReconcileResult(1, [order.Id], [], None));

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task An_order_that_fails_at_once_does_so_when_it_learns_of_its_failed_item()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").FailAsync(lease, new WorkFailure("broken", "It is.") { Retryable = false });
        await app.Database.ExecuteAsync("UPDATE work_orders SET items_failed = 0, item_failure = 'fail_order_at_once'");

        var result = await app.Maintenance.ReconcileAsync();

        result.Should().BeEquivalentTo(new ReconcileResult(1, [order.Id], [order.Id], None));
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Failed);
        (await app.Agent("agent-2").CheckoutAsync()).Should().BeNull();
    }

    [Fact]
    public async Task An_order_that_the_database_refuses_to_change_stops_no_other()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (stuck, other) = (await app.ProposeEchoAsync(), await app.ProposeEchoAsync());
        await app.Database.ExecuteAsync("UPDATE work_orders SET items_total = 2");
        await app.Database.ExecuteAsync(databases.Provider == Provider.Sqlite
            ? $"CREATE TRIGGER refuse BEFORE UPDATE ON work_orders WHEN lower(NEW.id) = '{stuck.Id}' BEGIN SELECT RAISE(ABORT, 'The host says no.'); END"
            : $"""
               CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                   $$ BEGIN IF NEW.id = '{stuck.Id}' THEN RAISE EXCEPTION 'The host says no.'; END IF; RETURN NEW; END $$;
               CREATE TRIGGER refuse BEFORE UPDATE ON work_orders FOR EACH ROW EXECUTE FUNCTION refuse()
               """);

        var result = await app.Maintenance.ReconcileAsync();

        result.Recounted.Should().Equal(other.Id);
        result.Refused.Should().ContainSingle().Which.Should().Match<KeyValuePair<Guid, WorkManagerException>>(
            r => r.Key == stuck.Id && r.Value.Code == WorkErrorCodes.StoreRefused);
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
