using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>Recovery skips what others have locked. On SQLite nobody else writes meanwhile.</summary>
public sealed class RecoveryBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_page_of_locked_leases_hides_nothing_behind_it()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => (o.Retry.Backoff, o.Retry.Jitter) = (TimeSpan.Zero, TimeSpan.Zero));
        var locked = await app.Requester.ProposeAsync(Batches.Payload(100));
        await app.Agent("dead").CheckoutManyAsync(100);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var free = await app.Requester.ProposeAsync(Batches.Payload(1));
        await app.Agent("dead").CheckoutAsync();
        app.Time.Advance(TimeSpan.FromSeconds(121));
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM work_orders WHERE id = '" + locked.Id + "' FOR UPDATE";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await app.Agent("a").CheckoutAsync())!.OrderId.Should().Be(free.Id);
    }

    [Fact]
    public async Task A_lease_that_has_run_out_is_taken_back_later_if_somebody_has_locked_its_item()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        app.Time.Advance(TimeSpan.FromSeconds(121));
        await using (await app.HoldAsync($"SELECT id FROM work_items WHERE id = '{lease.Item.Id}' FOR NO KEY UPDATE"))
        {
            (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(0);
        }

        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(1);
    }

    [Fact]
    public async Task An_item_whose_time_has_come_is_handed_out_later_if_somebody_has_locked_it()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new EchoPayload("due"), new() { AvailableAt = app.Time.GetUtcNow().AddSeconds(1) });
        app.Time.Advance(TimeSpan.FromSeconds(2));
        await using (await app.HoldAsync($"SELECT id FROM work_items WHERE order_id = '{order.Id}' FOR NO KEY UPDATE"))
        {
            (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        }

        (await app.LeaseAsync()).OrderId.Should().Be(order.Id);
    }
}
