using System.Data.Common;
using AwesomeAssertions;

namespace WorkManager.Tests.Shop;

/// <summary>Locks of somebody else, on PostgreSQL.</summary>
internal static class Locks
{
    /// <summary>Locks something in a transaction of its own, until the connection is disposed of.</summary>
    public static async Task<DbConnection> HoldAsync(this ShopApp app, string sql)
    {
        var connection = await app.Database.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "BEGIN; " + sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>Waits until a call waits for a lock.</summary>
    /// <param name="app">The application.</param>
    /// <param name="call">The call.</param>
    /// <param name="waiting">How many wait then, the call included.</param>
    /// <param name="kind">What is locked, as PostgreSQL calls it; null for anything.</param>
    public static async Task WaitsAsync(this ShopApp app, Task call, int waiting = 1, string? kind = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await app.Database.ScalarAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            + (kind is null ? "" : $" AND wait_event = '{kind}'")) is not long count || count < waiting)
        {
            call.IsCompleted.Should().BeFalse("it waits for a lock");
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }
    }
}
