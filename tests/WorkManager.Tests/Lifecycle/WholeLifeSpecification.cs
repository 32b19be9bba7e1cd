using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Lifecycle;

public abstract class WholeLifeSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Scenario", "S02"), Trait("Bug", "B33"), Trait("Bug", "B2")]
    public async Task Order_and_item_show_every_state_on_the_way()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var agent = app.Agent("agent-1");

        var order = await app.Requester.ProposeAsync(new EchoPayload("hello"), new() { Priority = 7 });
        var item = order.Items.Single();
        await Expect(app, order, OrderState.Queued, ItemState.Queued);

        var lease = await agent.CheckoutAsync<Echo>();
        lease!.Input<EchoPayload>().Message.Should().Be("hello");
        await Expect(app, order, OrderState.CheckedOut, ItemState.Leased);

        await agent.HeartbeatAsync(lease);
        await Expect(app, order, OrderState.InProgress, ItemState.InProgress);

        await agent.SubmitAsync(lease, new EchoResult(true, true));
        await Expect(app, order, OrderState.Submitted, ItemState.Submitted);
        (await app.ItemAsync(item.Id)).LeasedByAgentId.Should().BeNull();

        var approved = await app.Reviewer.ApproveAsync(order.Id);
        approved.State.Should().Be(OrderState.Completed);
        approved.AppliedAt.Should().NotBeNull();
        await Expect(app, order, OrderState.Completed, ItemState.Completed);
        (await app.LedgerAsync(order.Id)).Should().Equal("hello");

        (await app.EventsAsync(order.Id)).Should().Equal(
            "proposed", "planned", "leased", "checked_out", "in_progress", "in_progress", "submitted", "submitted",
            "approved", "applied", "accepted", "completed", "completed");
    }

    private static async Task Expect(ShopApp app, WorkOrder order, OrderState orderState, ItemState itemState)
    {
        var stored = await app.OrderAsync(order.Id);
        stored.State.Should().Be(orderState);
        stored.Items.Single().State.Should().Be(itemState);
    }
}

public sealed class WholeLifeOnSqlite(SqliteFixture databases) : WholeLifeSpecification(databases), IOnSqlite;

public sealed class WholeLifeOnPostgreSql(PostgreSqlFixture databases) : WholeLifeSpecification(databases), IOnPostgreSql;
