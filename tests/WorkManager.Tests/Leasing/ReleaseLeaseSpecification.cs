using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

public abstract class ReleaseLeaseSpecification(DatabaseFixture databases)
{
    [Theory, Trait("Scenario", "S25"), Trait("Bug", "B32"), Trait("Bug", "B33")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_released_item_is_queued_again_at_no_cost(bool workHadBegun)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        if (workHadBegun)
        {
            await app.Agent("agent-1").HeartbeatAsync(lease);
        }

        var released = await app.Agent("agent-1").ReleaseAsync(lease);

        released.State.Should().Be(ItemState.Queued);
        var stored = await app.OrderAsync(order.Id);
        var item = stored.Items.Single();
        (item.State, item.Attempts, item.LeaseEpoch).Should().Be((ItemState.Queued, (short)0, 1));
        (item.LeasedByAgentId, item.LeaseExpiresAt, item.LastHeartbeatAt, item.LeasedAt, item.LeaseSeconds).Should().Be((null, null, null, null, null));
        stored.State.Should().Be(OrderState.Queued);
        stored.Events.TakeLast(2).Select(e => (e.Event, e.ActorId, e.ItemId))
            .Should().Equal(("released", "agent-1", item.Id), ("requeued", "workmanager", null));

        (await app.LeaseAsync("agent-2")).Token.Should().Be(new LeaseToken(item.Id, 2));
    }

    [Fact, Trait("Scenario", "S25")]
    public async Task The_order_stays_while_somebody_else_works_on_it()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        var first = await app.LeaseAsync("agent-1");
        var second = await app.LeaseAsync("agent-2");

        await app.Agent("agent-1").ReleaseAsync(first);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.CheckedOut);

        await app.Agent("agent-2").ReleaseAsync(second);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task A_released_item_goes_to_the_end_of_its_line()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync("released");
        await app.ProposeEchoAsync("waiting");
        var lease = await app.LeaseAsync();
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await app.Agent("agent-1").ReleaseAsync(lease);

        (await app.LeaseAsync()).Input<EchoPayload>().Message.Should().Be("waiting");
    }

    [Fact]
    public async Task A_lease_is_released_once()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").ReleaseAsync(lease);

        var refusal = await app.RefusesAsync<LeaseLostException>("lease_lost", () => app.Agent("agent-1").ReleaseAsync(lease));

        refusal.Reason.Should().Be(LeaseLostReason.NotLeased);
    }
}

public sealed class ReleaseLeaseOnSqlite(SqliteFixture databases) : ReleaseLeaseSpecification(databases), IOnSqlite;

public sealed class ReleaseLeaseOnPostgreSql(PostgreSqlFixture databases) : ReleaseLeaseSpecification(databases), IOnPostgreSql;
