using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Proposing;

/// <summary>What happens to an open order while a proposal with its key waits for it. On SQLite nothing can: there is one writer.</summary>
public sealed class UniqueKeyBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    private static readonly ProposeOptions Key = new() { UniqueKey = "product/7", Priority = 10 };

    [Fact]
    public async Task A_priority_that_somebody_has_raised_higher_meanwhile_is_not_lowered()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new EchoPayload("first"), Key);
        await using var other = await app.HoldAsync($"SELECT 1 FROM work_orders WHERE id = '{order.Id}' FOR UPDATE");

        var raising = app.Reviewer.ProposeAsync(new EchoPayload("second"), Key with { Priority = 50, IfOpen = OpenOrder.RaisePriority });
        await app.WaitsAsync(raising);
        await using (var command = other.CreateCommand())
        {
            command.CommandText = $"UPDATE work_orders SET priority = 90, revision = revision + 1 WHERE id = '{order.Id}'; COMMIT";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var open = await raising;

        (open.Id, open.Priority).Should().Be((order.Id, (short)90));
        var stored = await app.OrderAsync(order.Id);
        (stored.Priority, stored.Items.Single().Priority, stored.Revision).Should().Be(((short)90, (short)10, order.Revision + 1));
    }
    /// <summary>Two batches with the same keys would wait for each other otherwise.</summary>
    [Fact]
    public async Task Open_orders_are_locked_by_their_ids_whatever_the_order_of_the_proposals()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var first = await app.Requester.ProposeAsync(new EchoPayload("first"), Key with { UniqueKey = "a" });
        var second = await app.Requester.ProposeAsync(new EchoPayload("second"), Key with { UniqueKey = "b" });
        await using var other = await app.HoldAsync($"SELECT 1 FROM work_orders WHERE id = '{first.Id}' FOR UPDATE");

        var raising = app.Reviewer.ProposeManyAsync(
            [.. ((string[])["b", "a"]).Select(key => new Proposal<EchoPayload>(
                new EchoPayload("again"), new() { UniqueKey = key, Priority = 50, IfOpen = OpenOrder.RaisePriority }))]);
        await app.WaitsAsync(raising);

        await app.Database.ExecuteAsync($"BEGIN; SELECT 1 FROM work_orders WHERE id = '{second.Id}' FOR UPDATE NOWAIT; COMMIT");
        await other.DisposeAsync();
        (await raising).Should().OnlyContain(o => o.Value.Priority == 50);
    }
}
