using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>A holder that writes to one item waits for it if somebody else has locked it. On SQLite there is one writer.</summary>
public sealed class SingleCallsBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Theory, InlineData("heartbeat"), InlineData("release"), InlineData("fail"), InlineData("submit")]
    public async Task A_single_call_waits_for_an_item_that_somebody_has_locked(string verb)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await using var hold = await app.HoldAsync($"SELECT id FROM work_items WHERE id = '{lease.Item.Id}' FOR UPDATE");
        var agent = app.Agent("agent-1");
        var waiting = verb switch
        {
            "heartbeat" => (Task)agent.HeartbeatAsync(lease),
            "release" => agent.ReleaseAsync(lease),
            "fail" => agent.FailAsync(lease, new WorkFailure("broken", "It is.")),
            _ => agent.SubmitAsync(lease, Steps.Verified),
        };
        await app.WaitsAsync(waiting);
        await hold.DisposeAsync();

        await waiting;
    }

    [Fact]
    public async Task A_holder_that_shuts_down_is_not_counted_if_its_item_is_locked_at_first()
    {
        var between = new BeforeTransactions();
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Retry.MaxReleases = 0, context => context.AddInterceptors(between));
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await using var hold = await app.HoldAsync($"SELECT id FROM work_items WHERE id = '{lease.Item.Id}' FOR UPDATE");
        // The one command of a batch passes it over. The transaction after it finds it free.
        between.After(1, () => hold.DisposeAsync().AsTask());

        var released = await app.Agent("agent-1").ReleaseManyAsync([lease], new ReleaseOptions { IsDraining = true });

        (released[0].Value.Releases, released[0].Value.Attempts).Should().Be(((short)0, (short)0));
        between.Once.Should().BeNull("there were two transactions");
    }

    [Fact]
    public async Task The_first_heartbeat_shows_an_order_at_work_that_was_locked_when_its_item_was_leased()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        WorkLease lease;
        await using (await app.HoldAsync($"SELECT id FROM work_orders WHERE id = '{order.Id}' FOR NO KEY UPDATE"))
        {
            lease = await app.LeaseAsync();
        }

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Queued, "a claim waits for nothing");

        await app.Agent("agent-1").HeartbeatAsync(lease);

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.InProgress);
        (await app.OrderAsync(order.Id)).Events.Where(e => e.ItemId is null).Select(e => e.Event)
            .Should().Equal("proposed", "planned", "checked_out", "in_progress");
    }

    [Fact]
    public async Task A_heartbeat_does_not_wait_for_an_order_that_somebody_has_locked()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await using var hold = await app.HoldAsync($"SELECT id FROM work_orders WHERE id = '{lease.OrderId}' FOR NO KEY UPDATE");

        await app.Agent("agent-1").HeartbeatAsync(lease);

        (await app.ItemAsync(lease.Item.Id)).State.Should().Be(ItemState.InProgress);
        (await app.OrderAsync(lease.OrderId)).State.Should().Be(OrderState.CheckedOut);
    }

    [Fact]
    public async Task A_heartbeat_that_had_to_wait_does_not_extend_a_lease_that_has_run_out_meanwhile()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Clock = ClockSource.Database);
        await app.ProposeEchoAsync();
        var agent = app.Agent("agent-1");
        var lease = (await agent.CheckoutAsync(new() { Ttl = TimeSpan.FromSeconds(8) }))!;
        await using var hold = await app.HoldAsync($"SELECT id FROM work_items WHERE id = '{lease.Item.Id}' FOR NO KEY UPDATE");
        var waiting = agent.HeartbeatAsync(lease);
        await app.WaitsAsync(waiting);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await app.Database.ScalarAsync("SELECT count(*) FROM work_items WHERE lease_expires_at <= clock_timestamp()") is 0L)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }

        await hold.DisposeAsync();

        (await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<LeaseLostException>()).Which.Reason.Should().Be(LeaseLostReason.Expired);
    }
}
