using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>Calls for many orders wait for none of them. On SQLite there is one writer, and nothing to pass over.</summary>
public sealed class SelectionsBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task An_order_that_somebody_has_locked_is_passed_over_and_the_rest_is_done()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (locked, free) = (await RetryOrderSpecification.FailedAsync(app), await RetryOrderSpecification.FailedAsync(app));
        app.Time.Advance(TimeSpan.FromDays(3));
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT id FROM work_orders WHERE state = 'failed' ORDER BY last_transitioned_at, id LIMIT 1 FOR UPDATE";
            (await command.ExecuteScalarAsync()).Should().Be(locked);
        }

        var result = await app.Maintenance.RetryAsync(new() { All = true, Limit = 1 });
        (await app.Maintenance.DeadLetterDueAsync()).Should().Be(1);

        (result.OrderIds.Count, result.Refused.Single().Value.Code, result.HasMore).Should().Be((0, "busy", true));
        (await app.OrderAsync(free)).State.Should().Be(OrderState.DeadLettered);
        await transaction.RollbackAsync();
        (await app.Maintenance.DeadLetterDueAsync()).Should().Be(1);
    }
}
