using System.Data.Common;
using AwesomeAssertions;
using Microsoft.Data.Sqlite;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Plans;

/// <summary>A claim reads nothing of a type that is paused, however much there is of it.</summary>
public abstract class PausedTypePlanSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Items_of_a_paused_type_are_not_read()
    {
        await using var app = await ShopApp.StartAsync(databases);
        for (var i = 0; i < 3; i++)
        {
            await app.Requester.ProposeAsync(Batches.Payload(1000), new() { Priority = 90 });
        }

        await app.Maintenance.PauseTypeAsync("test.batch");
        using var sent = new SentCommands(app.Database);
        CheckoutRequest[] requests = [new(), new() { Type = "test.batch" }];
        foreach (var request in requests)
        {
            (await app.Agent("agent-1").CheckoutAsync(request)).Should().BeNull();
            await using var connection = await app.Database.OpenConnectionAsync();
            await CheckAsync(connection, sent.LastWith("ready_at, id LIMIT"));
        }
    }

    private protected abstract Task CheckAsync(DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) claim);
}

public sealed class PausedTypePlanOnSqlite(SqliteFixture databases) : PausedTypePlanSpecification(databases), IOnSqlite
{
    private protected override async Task CheckAsync(DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) claim)
    {
        const int steps = 100;
        var hundreds = 0;
        SQLitePCL.raw.sqlite3_progress_handler(((SqliteConnection)connection).Handle, steps, _ => hundreds++ < 0 ? 1 : 0, null);
        await using var command = SentCommands.Repeat(connection, "", claim);

        (await command.ExecuteScalarAsync()).Should().BeNull();

        hundreds.Should().BeLessThan(10, "one item takes six steps");
    }
}

public sealed class PausedTypePlanOnPostgreSql(PostgreSqlFixture databases) : PausedTypePlanSpecification(databases), IOnPostgreSql
{
    private protected override async Task CheckAsync(DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) claim)
    {
        var plan = await ExplainedPlan.ExplainAsync(connection, claim);

        ExplainedPlan.Buffers(ExplainedPlan.Nodes(plan).Single(node => (string?)node["Subplan Name"] == "CTE pick")).Should().BeLessThan(60);
    }
}
