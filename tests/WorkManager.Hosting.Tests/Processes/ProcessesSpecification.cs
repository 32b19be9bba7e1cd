using System.Diagnostics;
using AwesomeAssertions;

namespace WorkManager.Hosting.Tests.Processes;

/// <summary>Hosts in processes of their own: they share the work, are killed, and are asked to end.</summary>
/// <remarks>
/// By hand: <c>WORKMANAGER_SHARED_ITEMS</c> (2,000) and <c>WORKMANAGER_SHUTDOWNS</c> (50).
/// </remarks>
public abstract class ProcessesSpecification(DatabaseFixture databases)
{
    private const int Places = SampleProcess.Places;

    private static readonly string[] Fast = SampleProcess.Fast;

    [Fact, Trait("Promise", "P3")]
    public async Task Processes_share_the_work_and_it_is_done_once_although_one_is_killed_and_one_asked_to_end()
    {
        var items = Trials.Number("WORKMANAGER_SHARED_ITEMS", 100);
        await using var database = await databases.CreateAsync();
        (await SampleProcess.RunAsync(database, "--add", $"{items}")).ExitCode.Should().Be(0);
        // These two come to no end: each holds as much as it has places, whenever it has begun.
        string[] slow = [.. Fast, "--News:ReadingTime", "00:10:00", "--shutdownTimeoutSeconds", "6"];
        await using var killed = await SampleProcess.StartAsync(database, [.. slow, .. SampleProcess.ShortLeases]);
        await using var asked = await SampleProcess.StartAsync(database, slow);
        await Eventually.IsSoAsync(async () => await database.CountAsync("SELECT COUNT(*) FROM work_items WHERE state = 'in_progress'") == 2 * Places);

        await killed.KillAsync();
        await asked.TerminateAsync();
        await asked.WaitForEndAsync(TimeSpan.FromSeconds(40));
        await using var other = await SampleProcess.StartAsync(database, Fast);
        await Eventually.IsSoAsync(async () => await database.CountAsync("SELECT COUNT(*) FROM articles WHERE words IS NOT NULL") == items);

        (await SampleProcess.RunAsync(database, "--report")).ExitCode.Should().Be(0, "every article was counted once, and rightly");
        var attempts = await database.CountAsync("SELECT SUM(attempts) FROM work_items");
        attempts.Should().Be(Places, "only what the killed process held has cost an attempt");
        (await database.CountAsync("SELECT MAX(attempts) FROM work_items")).Should().BeLessThanOrEqualTo(1);
        (await database.CountAsync("SELECT COUNT(*) FROM work_orders WHERE state <> 'completed'")).Should().Be(0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{items} items, {attempts} attempts that came to nothing");
    }

    [Fact, Trait("Promise", "P29")]
    public async Task A_host_that_is_asked_to_end_claims_no_more_and_ends_in_time_and_nothing_is_lost_or_has_cost_an_attempt()
    {
        var rounds = Trials.Number("WORKMANAGER_SHUTDOWNS", 1);
        await using var database = await databases.CreateAsync();
        (await SampleProcess.RunAsync(database, "--add", $"{200 * rounds}")).ExitCode.Should().Be(0);
        var slowest = TimeSpan.Zero;
        for (var round = 0; round < rounds; round++)
        {
            // Work that ends by itself in time, and work that has to be handed back.
            var (reading, busy) = round % 2 == 0
                ? ("00:01:00", "SELECT COUNT(*) FROM work_items WHERE state = 'in_progress'")
                : ("00:00:00.05", "SELECT COUNT(*) FROM work_items WHERE submitted_at IS NOT NULL");
            var enough = round % 2 == 0 ? Places : await database.CountAsync(busy) + 20;
            await using var host = await SampleProcess.StartAsync(database, [.. Fast, "--News:ReadingTime", reading, "--shutdownTimeoutSeconds", "6"]);
            await Eventually.IsSoAsync(async () => await database.CountAsync(busy) >= enough);

            var begun = Stopwatch.GetTimestamp();
            await host.TerminateAsync();
            var claimed = await database.CountAsync("SELECT COUNT(*) FROM work_events WHERE event = 'leased'");
            var said = await host.WaitForEndAsync(TimeSpan.FromSeconds(20));
            var took = Stopwatch.GetElapsedTime(begun);
            slowest = took > slowest ? took : slowest;

            // In a build, other tests take their time from the process when it goes.
            took.Should().BeLessThan(TimeSpan.FromSeconds(rounds > 1 ? 7 : 15), "the host has six seconds, and the process some time to go");
            (await database.CountAsync("SELECT COUNT(*) FROM work_items WHERE state IN ('leased', 'in_progress')")).Should().Be(0, said);
            (await database.CountAsync("SELECT SUM(attempts + releases) FROM work_items")).Should().Be(0);
            // One call may have been under way, of as many items as there are places.
            (await database.CountAsync("SELECT COUNT(*) FROM work_events WHERE event = 'leased'") - claimed).Should().BeLessThanOrEqualTo(Places);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} rounds, the slowest took {slowest.TotalSeconds:N1} s");
    }
}

public sealed class ProcessesOnSqlite(SqliteFixture databases) : ProcessesSpecification(databases), IOnSqlite;

public sealed class ProcessesOnPostgreSql(PostgreSqlFixture databases) : ProcessesSpecification(databases), IOnPostgreSql;
