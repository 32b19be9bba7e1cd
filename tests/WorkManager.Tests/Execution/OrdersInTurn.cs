using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Execution;

/// <summary>
/// A batch locks its orders by their ids, and before their items: so no two batches wait for each other. On SQLite a writer locks the whole database.
/// </summary>
public sealed class OrdersInTurn(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    private static readonly EchoResult Refused = new(true, false);

    [Theory, InlineData("submit"), InlineData("submit, the first refused"), InlineData("release"), InlineData("fail"), InlineData("fail for good")]
    public async Task A_batch_that_waits_for_its_first_order_has_locked_nothing_else(string verb)
    {
        await using var app = await ShopApp.StartAsync(databases);
        for (var i = 0; i < 8; i++)
        {
            await app.ProposeEchoAsync();
        }

        var agent = app.Agent("agent-1");
        var leases = (await agent.CheckoutManyAsync(8)).OrderBy(l => l.OrderId.ToString(), StringComparer.Ordinal).ToList();

        // Its row stands behind the others now: who reads the table as it stands would lock them first.
        await app.Database.ExecuteAsync($"UPDATE work_orders SET updated_at = updated_at WHERE id = '{leases[0].OrderId}'");
        await using var hold = await app.HoldAsync($"SELECT id FROM work_orders WHERE id = '{leases[0].OrderId}' FOR UPDATE");
        var waiting = verb switch
        {
            "submit" => Succeeded(agent.SubmitManyAsync([.. leases.Select(l => new Submission<EchoResult>(l, Steps.Verified))])),
            "release" => Succeeded(agent.ReleaseManyAsync([.. leases])),
            "fail" => Succeeded(agent.FailManyAsync([.. leases.Select(l => new FailedAttempt(l, new WorkFailure("broken", "It is.")))])),
            "fail for good" => Succeeded(agent.FailManyAsync(
                [.. leases.Select(l => new FailedAttempt(l, new WorkFailure("broken", "It is.") { Retryable = false }))])),
            _ => Succeeded(agent.SubmitManyAsync(
                [.. leases.Select((l, i) => new Submission<EchoResult>(l, i == 0 ? Refused : Steps.Verified))])),
        };
        await app.WaitsAsync(waiting);

        (await FreeAsync(app, "work_orders")).Should().Be(7);
        (await FreeAsync(app, "work_items")).Should().Be(8);

        await hold.DisposeAsync();
        (await waiting).Should().Be(verb == "submit, the first refused" ? 7 : 8);
    }

    private static async Task<int> Succeeded<T>(Task<IReadOnlyList<WorkOutcome<T>>> batch) => (await batch).Count(o => o.Succeeded);

    private static async Task<long> FreeAsync(ShopApp app, string table) =>
        (long)(await app.Database.ScalarAsync($"WITH free AS (SELECT id FROM {table} FOR NO KEY UPDATE SKIP LOCKED) SELECT count(*) FROM free"))!;
}
