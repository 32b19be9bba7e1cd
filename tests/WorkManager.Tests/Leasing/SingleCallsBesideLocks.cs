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
}
