using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Races;

public abstract class CrashSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task A_process_killed_inside_an_apply_has_applied_nothing_and_a_second_approval_applies_once()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new EchoPayload("survives"));
        var lease = await app.Agent("agent").CheckoutAsync<Echo>();
        await app.Agent("agent").SubmitAsync(lease!, new EchoResult(true, true));

        await using var worker = await WorkerProcess.StartAsync("approve", databases.Provider, app.Database.ConnectionString, order.Id.ToString());
        worker.Go();
        await worker.WaitForAsync("applying");
        await worker.KillAsync();

        (await app.LedgerAsync(order.Id)).Should().BeEmpty();
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted);
        (await app.EventsAsync(order.Id)).Should().NotContain(["approved", "applied", "completed"]);
        (await DecisionsAsync(app)).Should().Be(0);

        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(order.Id)).Should().Equal("survives");
        (await app.EventsAsync(order.Id)).Where(e => e is "approved" or "applied").Should().Equal("approved", "applied");
        (await DecisionsAsync(app)).Should().Be(1);
    }

    private static async Task<long> DecisionsAsync(ShopApp app) => (long)(await app.Database.ScalarAsync("SELECT count(*) FROM work_decisions"))!;
}

public sealed class CrashOnSqlite(SqliteFixture databases) : CrashSpecification(databases), IOnSqlite;

public sealed class CrashOnPostgreSql(PostgreSqlFixture databases) : CrashSpecification(databases), IOnPostgreSql;
