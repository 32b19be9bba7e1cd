using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Previews;

namespace WorkManager.Tests.Reversals;

/// <summary>What only PostgreSQL has: somebody who changes a row at the same moment as a reversal, and numbers that are none.</summary>
public sealed class ReversalsOfPostgreSql(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact, Trait("Promise", "P14")]
    public async Task A_change_that_is_under_way_is_waited_for_and_is_a_conflict()
    {
        await using var app = await StockApp.StartAsync(databases);
        await app.SeedAsync(new Price { Region = "north", Day = new(2026, 3, 1), Amount = 5 });
        app.Script.Apply = async (_, db, token) => (await db.Prices.SingleAsync(token)).Amount = 7;
        var order = await app.SubmittedAsync<Sale>();
        await app.Reviewer.ApproveAsync(order.Id);
        var reversal = await app.By(Actor.User("anna")).ProposeReversalAsync(order.Id);

        await using var other = await app.Database.OpenConnectionAsync();
        await using var change = await other.BeginTransactionAsync();
        await using var command = other.CreateCommand();
        (command.Transaction, command.CommandText) = (change, "UPDATE prices SET \"Amount\" = 8");
        await command.ExecuteNonQueryAsync();
        var approving = Task.Run(() => app.Reviewer.ApproveAsync(reversal.Id));
        await WaitUntilSomebodyWaitsAsync(app);
        await change.CommitAsync();

        var refused = () => approving;
        (await refused.Should().ThrowAsync<ReversalConflictException>()).Which.Conflicts.Should().ContainSingle().Which.Now!.ToJsonString().Should().Be("8");
        (await app.WithAsync(db => db.Prices.SingleAsync())).Amount.Should().Be(8);
    }

    [Fact]
    public async Task A_number_without_a_json_form_does_not_keep_an_order_from_being_applied()
    {
        await using var app = await StockApp.StartAsync(databases);
        app.Script.Apply = (_, db, _) =>
        {
            db.Add(new Batch("b-1") { Ratio = double.NaN });
            return Task.CompletedTask;
        };
        var order = await app.SubmittedAsync<Sale>();

        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);

        var proposing = () => app.By(Actor.User("anna")).ProposeReversalAsync(order.Id);
        (await proposing.Should().ThrowAsync<WorkManagerException>()).Which.Message.Should().Contain("could not be kept");
    }

    private static async Task WaitUntilSomebodyWaitsAsync(StockApp app)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await app.Database.CountAsync("SELECT COUNT(*) FROM pg_locks WHERE NOT granted") == 0)
        {
            await Task.Delay(20, late.Token);
        }
    }
}
