using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Applying;

/// <summary>An approval that failed is recorded after it was rolled back. On SQLite nobody else writes in between.</summary>
public sealed class FailuresBesideOthers(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_failed_apply_is_not_recorded_on_an_order_that_somebody_has_closed_since()
    {
        var (script, between) = (new Script(), new BeforeTransactions());
        await using var app = await script.StartAsync(databases, context: options => options.AddInterceptors(between));
        var order = await app.SubmittedNoteAsync();
        script.Apply = (_, _) =>
        {
            between.Once = () => app.Database.ExecuteAsync($"UPDATE work_orders SET state = 'rejected' WHERE id = '{order.Id}'");
            throw new InvalidOperationException("It cannot be applied.");
        };

        (await app.Reviewer.Awaiting(r => r.ApproveAsync(order.Id)).Should().ThrowAsync<WorkManagerException>()).Which.Code.Should().Be("apply_failed");

        between.Once.Should().BeNull("there was a transaction that would have recorded it");
        var stored = await app.OrderAsync(order.Id);
        stored.Should().BeEquivalentTo(new { State = OrderState.Rejected, ApplyAttempts = 0, Error = (string?)null });
        stored.Events.Should().NotContain(e => e.Event == WorkEventNames.Failed);
    }
}
