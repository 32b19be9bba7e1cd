using AwesomeAssertions;
using WorkManager.Tests.Plans;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>Two claims at once, the one in the middle of the other. On SQLite a writer is alone.</summary>
public sealed class ClaimBesideClaims(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    private const string Gate = "SELECT pg_advisory_lock(1)";

    [Fact]
    public async Task An_item_that_is_taken_after_a_claim_of_several_types_has_begun_is_passed_over()
    {
        await using var app = await ShopApp.StartAsync(databases);
        using var sent = new SentCommands(app.Database);
        (await app.Agent("agent-1").CheckoutAsync(new() { Types = ["test.echo", "test.batch"] })).Should().BeNull();
        var claim = sent.LastWith("UNION ALL");
        await app.ProposeEchoAsync("taken", 90);
        var next = await app.ProposeEchoAsync("next", 50);
        await using var keeper = await app.Database.OpenConnectionAsync();
        await ExecuteAsync(keeper, Gate);

        // The claim as the library sends it, but it stops once it sees the rows as they are now, and before it has read any.
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var command = SentCommands.Repeat(connection, "", claim with { Text = StopBeforeReading(claim.Text) });
        var claiming = command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        await app.WaitsAsync(claiming);

        (await app.LeaseAsync("agent-2")).OrderId.Should().NotBe(next.Id);
        await ExecuteAsync(keeper, "SELECT pg_advisory_unlock(1)");

        (await claiming).Should().NotBeNull("there is another item, and it is given instead");
        (await app.ItemAsync(next.Items.Single().Id)).LeasedByAgentId.Should().Be("agent-1");
    }

    private static string StopBeforeReading(string claim)
    {
        const string range = "AND NOT EXISTS (";
        var first = claim.IndexOf(range, StringComparison.Ordinal);
        first.Should().BePositive();
        return claim.Insert(first, $"AND ({Gate}::text) IS NOT NULL ");
    }

    private static async Task ExecuteAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
