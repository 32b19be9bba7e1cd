using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Plans;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>Orders that were closed long ago are deleted with all that belongs to them, if the application says so. Nothing else is.</summary>
public abstract class PruneOrdersSpecification(DatabaseFixture databases)
{
    private static readonly string[] Tables = ["work_orders", "work_items", "work_events", "work_decisions", "work_provenances"];

    [Fact]
    public async Task By_default_nothing_is_deleted()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await ClosedAsync(app);
        app.Time.Advance(TimeSpan.FromDays(9_000));
        var rows = await Refusal.ReadAsync(app.Database);

        (await app.Maintenance.PruneAsync()).Should().BeEquivalentTo(new PruneResult(0, 0, 0, new Dictionary<Guid, WorkManagerException>()));

        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
    }

    [Theory, InlineData(OrderState.Completed), InlineData(OrderState.Rejected), InlineData(OrderState.DeadLettered)]
    public async Task Orders_of_the_outcome_are_deleted_with_their_history_once_they_are_old_enough(OrderState outcome)
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => Keep(o.Maintenance, outcome, TimeSpan.FromDays(30)));
        var old = await ClosedAsync(app);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var young = await ClosedAsync(app);
        var open = await OpenAsync(app);
        app.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        var rows = await Refusal.ReadAsync(app.Database);

        var expected = new PruneResult(
            outcome == OrderState.Completed ? 1 : 0, outcome == OrderState.Rejected ? 1 : 0, outcome == OrderState.DeadLettered ? 1 : 0,
            new Dictionary<Guid, WorkManagerException>());
        (await app.Maintenance.PruneAsync(dryRun: true)).Should().BeEquivalentTo(expected);
        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows, "a dry run changes nothing");

        (await app.Maintenance.PruneAsync()).Should().BeEquivalentTo(expected);

        (await app.ReadAsync(db => db.Set<WorkOrder>().Select(o => o.Id).ToListAsync())).Should()
            .BeEquivalentTo(old.Where(o => o.Key != outcome).Select(o => o.Value).Concat(young.Values).Concat(open));
        foreach (var table in Tables[1..])
        {
            (await app.Database.ScalarAsync($"SELECT count(*) FROM {table} WHERE order_id NOT IN (SELECT id FROM work_orders)")).Should().Be(0L, table);
        }

        (await app.Maintenance.PruneAsync()).Completed.Should().Be(0);
    }

    [Fact]
    public async Task A_clone_is_kept_as_long_as_the_order_that_was_given_up()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Maintenance.PruneRejectedAfter = TimeSpan.FromDays(30));
        var dead = await RetryOrderSpecification.FailedAsync(app);
        await app.Reviewer.DeadLetterAsync(dead);
        var clone = await app.Reviewer.CloneAsync(dead);
        await app.Reviewer.CancelAsync(clone.Id);
        app.Time.Advance(TimeSpan.FromDays(31));

        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(0);
        (await app.Maintenance.CloneAsync(new() { All = true })).OrderIds.Should().BeEmpty("it has been cloned");

        await using var all = ShopApp.On(
            app.Database, null, o => (o.Maintenance.PruneRejectedAfter, o.Maintenance.PruneDeadLetteredAfter) = (TimeSpan.FromDays(30), TimeSpan.FromDays(30)));
        all.Time.Advance(TimeSpan.FromDays(31));
        var first = await all.Maintenance.PruneAsync();
        (first.Rejected, first.DeadLettered).Should().Be((0, 1));
        (await all.Maintenance.PruneAsync()).Rejected.Should().Be(1);
        (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(0);
    }

    [Fact]
    public async Task All_batches_are_deleted_and_those_that_are_kept_stop_none()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Maintenance.PruneRejectedAfter = TimeSpan.Zero);
        var orders = await app.Requester.ProposeManyAsync([.. Enumerable.Range(0, 250).Select(i => new Proposal<EchoPayload>(new EchoPayload($"{i}")))]);
        foreach (var order in orders)
        {
            await app.Requester.CancelAsync(order.Value.Id);
        }

        var kept = orders[120].Value.Id;
        await app.Database.ExecuteAsync("CREATE TABLE keeper (order_id " + (databases.Provider == Provider.Sqlite ? "TEXT" : "uuid") + " REFERENCES work_orders (id))");
        await app.Database.ExecuteAsync($"INSERT INTO keeper SELECT id FROM work_orders WHERE {IdIs(kept)}");

        var pruned = await app.Maintenance.PruneAsync();

        pruned.Rejected.Should().Be(249);
        pruned.Refused.Should().ContainSingle().Which.Should().Match<KeyValuePair<Guid, WorkManagerException>>(
            r => r.Key == kept && r.Value.Code == WorkErrorCodes.StoreRefused);
        (await app.OrderAsync(kept)).Events.Should().HaveCount(3, "what is kept is kept whole");
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_orders")).Should().Be(1L);
    }

    [Fact]
    public async Task An_order_with_very_many_items_is_a_batch_by_itself()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Maintenance.PruneRejectedAfter = TimeSpan.Zero);
        foreach (var items in (int[])[1, 501, 1, 499, 2])
        {
            await app.Requester.CancelAsync((await app.Requester.ProposeAsync(Batches.Payload(items))).Id);
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        using var sent = new SentCommands(app.Database);
        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(5);

        sent.All.Count(c => c.Text.Contains("DELETE FROM", StringComparison.Ordinal) && c.Text.Contains("work_provenances", StringComparison.Ordinal))
            .Should().Be(4, "1; 501; 1 and 499; 2");
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_items")).Should().Be(0L);
    }

    [Fact]
    public async Task What_was_opened_again_is_not_deleted()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Maintenance.PruneRejectedAfter = TimeSpan.FromDays(1));
        var order = await app.SubmittedEchoAsync();
        await app.Reviewer.RejectAsync(order.Id, [new RejectionReason("wrong", "No.")]);
        app.Time.Advance(TimeSpan.FromDays(2));
        await app.Reviewer.ReturnForReworkAsync(order.Id, [new RejectionReason("again", "Yes.")]);

        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(0);

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task All_tenants_are_served()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Maintenance.PruneRejectedAfter = TimeSpan.Zero);
        foreach (var tenant in (string[])["a", "b"])
        {
            var work = app.Of(tenant);
            await work.CancelAsync((await work.ProposeAsync(new EchoPayload(tenant))).Id);
        }

        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(2);
    }

    private string IdIs(Guid id) => databases.Provider == Provider.Sqlite ? $"upper(id) = '{id.ToString().ToUpperInvariant()}'" : $"id = '{id}'";

    private static void Keep(MaintenanceOptions options, OrderState outcome, TimeSpan time)
    {
        options.PruneCompletedAfter = outcome == OrderState.Completed ? time : null;
        options.PruneRejectedAfter = outcome == OrderState.Rejected ? time : null;
        options.PruneDeadLetteredAfter = outcome == OrderState.DeadLettered ? time : null;
    }

    private static async Task<Dictionary<OrderState, Guid>> ClosedAsync(ShopApp app)
    {
        var completed = (await app.SubmittedEchoAsync()).Id;
        await app.Reviewer.ApproveAsync(completed);
        var rejected = (await app.SubmittedEchoAsync()).Id;
        await app.Reviewer.RejectAsync(rejected, [new RejectionReason("wrong", "No.")]);
        var dead = await RetryOrderSpecification.FailedAsync(app);
        await app.Reviewer.DeadLetterAsync(dead);
        return new() { [OrderState.Completed] = completed, [OrderState.Rejected] = rejected, [OrderState.DeadLettered] = dead };
    }

    private static async Task<Guid[]> OpenAsync(ShopApp app) =>
        [(await app.SubmittedEchoAsync()).Id, await RetryOrderSpecification.FailedAsync(app), (await app.ProposeEchoAsync()).Id];
}

public sealed class PruneOrdersOnSqlite(SqliteFixture databases) : PruneOrdersSpecification(databases), IOnSqlite;

public sealed class PruneOrdersOnPostgreSql(PostgreSqlFixture databases) : PruneOrdersSpecification(databases), IOnPostgreSql;
