using System.Diagnostics;
using System.Net;
using AwesomeAssertions;

namespace WorkManager.Hosting.Tests.Processes;

/// <summary>A PostgreSQL server that goes away under a host at work, as in a crash, and comes back.</summary>
/// <remarks>By hand: <c>WORKMANAGER_OUTAGES</c> (20), of 0 to 20 seconds.</remarks>
public sealed class DatabaseAwayTests(ITestOutputHelper output)
{
    private const string Done = "SELECT COUNT(*) FROM work_items WHERE submitted_at IS NOT NULL";

    [Fact, Trait("Promise", "P24")]
    public async Task A_host_lives_on_without_its_database_says_so_and_goes_on_soon_after_its_return()
    {
        PostgreSqlFixture.SkipWithoutServer();
        const int itemsPerRound = 200;
        var rounds = Trials.Number("WORKMANAGER_OUTAGES", 1);
        await using var server = await PostgreSqlServer.StartAsync(isDurable: true);
        await using var database = await PostgreSqlTestDatabase.CreateAsync(server);
        (await SampleProcess.RunAsync(database, "--add", $"{itemsPerRound * rounds}")).ExitCode.Should().Be(0);
        await using var host = await SampleProcess.StartAsync(database, [.. SampleProcess.Fast, "--News:ReadingTime", "00:00:00.3"]);
        using var http = new HttpClient { BaseAddress = host.Address };
        var slowest = TimeSpan.Zero;
        for (var round = 0; round < rounds; round++)
        {
            var away = rounds == 1 ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(20) * round / (rounds - 1);
            var enough = await database.CountAsync(Done) + SampleProcess.Places;
            await Eventually.IsSoAsync(async () => await database.CountAsync(Done) >= enough);

            await server.StopAsync();
            database.ClearPool();
            await WatchAsync(http, away);
            await server.ContinueAsync();

            var back = Stopwatch.GetTimestamp();
            var before = await database.CountAsync(Done);
            await Eventually.IsSoAsync(async () => await database.CountAsync(Done) > before);
            var took = Stopwatch.GetElapsedTime(back);
            output.WriteLine($"away for {away.TotalSeconds:N1} s, at work {took.TotalSeconds:N1} s after it was back");
            slowest = took > slowest ? took : slowest;
            host.HasEnded.Should().BeFalse();
        }

        // In a build, other tests take their time from the host.
        slowest.Should().BeLessThan(TimeSpan.FromSeconds(rounds > 1 ? 5 : 15));
        await Eventually.IsSoAsync(async () => await database.CountAsync("SELECT COUNT(*) FROM work_orders WHERE state <> 'completed'") == 0);
        (await SampleProcess.RunAsync(database, "--report")).ExitCode.Should().Be(0, "every article was counted once, and rightly");
        await Eventually.IsSoAsync(async () => (await http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);
        await host.TerminateAsync();
        await host.WaitForEndAsync(TimeSpan.FromSeconds(40));
    }

    /// <summary>Asks the host how it is, for as long as the database is away.</summary>
    private static async Task WatchAsync(HttpClient http, TimeSpan away)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < away)
        {
            var asked = Stopwatch.GetTimestamp();
            (await http.GetAsync("/health/live")).StatusCode.Should().Be(HttpStatusCode.OK, "a restart would not bring the database back");
            Stopwatch.GetElapsedTime(asked).Should().BeLessThan(TimeSpan.FromSeconds(5), "it does not wait for the database");
            (await http.GetAsync("/health/ready")).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            await Task.Delay(200);
        }
    }
}
