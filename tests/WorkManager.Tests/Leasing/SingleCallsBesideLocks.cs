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
        between.Second(() => hold.DisposeAsync().AsTask());

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
}
