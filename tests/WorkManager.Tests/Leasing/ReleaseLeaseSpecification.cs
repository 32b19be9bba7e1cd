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
    public async Task The_holder_may_say_when_the_item_can_be_claimed_again_and_why()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var later = app.Time.GetUtcNow().AddHours(2);

        var released = await app.Agent("agent-1").ReleaseAsync(await app.LeaseAsync(), new ReleaseOptions { NotBefore = later, Reason = "quota" });

        (released.State, released.AvailableAt, released.ReadyAt, released.Attempts, released.Releases)
            .Should().Be((ItemState.Queued, later, null, (short)0, (short)1));
        app.Time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromMicroseconds(1));
        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        app.Time.Advance(TimeSpan.FromMicroseconds(1));
        (await app.LeaseAsync("agent-2")).EarlierFailures.Should().Equal(new WorkFailure("released", "quota"));
    }

    [Fact]
    public async Task A_time_that_has_passed_means_at_once()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();

        var released = await app.Agent("agent-1").ReleaseAsync(await app.LeaseAsync(), new ReleaseOptions { NotBefore = app.Time.GetUtcNow().AddHours(-1) });

        (released.AvailableAt, released.ReadyAt).Should().Be((app.Time.GetUtcNow(), app.Time.GetUtcNow()));
    }

    [Fact]
    public async Task From_the_limit_on_each_release_costs_an_attempt_and_the_last_one_fails_the_item()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Retry.MaxReleases = 3);
        var order = await app.ProposeEchoAsync();
        var seen = new List<(int, int, ItemState)>();
        for (var i = 0; i < 5; i++)
        {
            var item = await app.Agent("agent-1").ReleaseAsync(await app.LeaseAsync(), new ReleaseOptions { Reason = "not now" });
            seen.Add((item.Releases, item.Attempts, item.State));
        }

        seen.Should().Equal(
            (1, 0, ItemState.Queued), (2, 0, ItemState.Queued), (3, 0, ItemState.Queued), (4, 1, ItemState.Queued), (5, 2, ItemState.Failed));
        var stored = await app.OrderAsync(order.Id);
        stored.State.Should().Be(OrderState.Failed);
        stored.Items.Single().ReadError()!.Code.Should().Be("released_too_often");
        stored.Events.TakeLast(3).Select(e => (e.Event, e.Payload)).First().Should().Be(("released", """{"reason":"not now","attempts":2}"""));
    }

    [Fact]
    public async Task A_holder_that_shuts_down_gives_back_as_often_as_it_likes()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Retry.MaxReleases = 0);
        await app.ProposeEchoAsync();
        for (var i = 0; i < 5; i++)
        {
            var released = await app.Agent("agent-1").ReleaseManyAsync([await app.LeaseAsync()], new ReleaseOptions { IsDraining = true });
            (released[0].Value.Releases, released[0].Value.Attempts).Should().Be(((short)0, (short)0));
        }

        (await app.Agent("agent-1").ReleaseAsync(await app.LeaseAsync())).Attempts.Should().Be(1);
    }

    [Fact]
    public async Task What_cannot_be_stored_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        foreach (var options in new ReleaseOptions[]
        {
            new() { Reason = new string('r', 2_001) }, new() { Reason = "a\0" }, new() { NotBefore = app.Time.GetUtcNow().AddDays(367) },
            new() { NotBefore = DateTimeOffset.MaxValue },
        })
        {
            await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Agent("agent-1").ReleaseAsync(lease, options));
        }

        await app.Agent("agent-1").ReleaseAsync(lease, new ReleaseOptions { Reason = new string('r', 2_000), NotBefore = app.Time.GetUtcNow().AddDays(366) });
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
