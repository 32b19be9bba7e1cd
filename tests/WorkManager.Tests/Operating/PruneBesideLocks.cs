using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>A prune beside somebody who has locked an order. On SQLite a writer is alone.</summary>
public sealed class PruneBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task What_somebody_has_locked_is_left_for_the_next_time()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Maintenance.PruneRejectedAfter = TimeSpan.Zero);
        var (locked, free) = (await app.ProposeEchoAsync(), await app.ProposeEchoAsync());
        await app.Requester.CancelAsync(locked.Id);
        await app.Requester.CancelAsync(free.Id);
        await using var other = await app.Database.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = other.CreateCommand();
        command.CommandText = "SELECT id FROM work_orders WHERE id = $1 FOR UPDATE";
        command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = locked.Id });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(1);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        (await app.OrderAsync(locked.Id)).Events.Should().NotBeEmpty();
        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(1);
    }
}
