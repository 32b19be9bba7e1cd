using AwesomeAssertions;
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
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT id FROM work_items FOR UPDATE";
            (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).Should().Be(lease.Item.Id);
        }

        var agent = app.Agent("agent-1");
        var waiting = verb switch
        {
            "heartbeat" => (Task)agent.HeartbeatAsync(lease),
            "release" => agent.ReleaseAsync(lease),
            "fail" => agent.FailAsync(lease, new WorkFailure("broken", "It is.")),
            _ => agent.SubmitAsync(lease, Steps.Verified),
        };
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await app.Database.ScalarAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is 0L)
        {
            waiting.IsCompleted.Should().BeFalse("it waits for the item");
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }

        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        await waiting;
    }
}
