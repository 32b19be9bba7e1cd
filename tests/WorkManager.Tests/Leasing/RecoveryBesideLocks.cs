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
}
