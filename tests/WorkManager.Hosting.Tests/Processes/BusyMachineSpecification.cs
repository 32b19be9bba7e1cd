using System.Diagnostics;
using AwesomeAssertions;

namespace WorkManager.Hosting.Tests.Processes;

/// <summary>Leases are short and the machine has no time: who works on something keeps it.</summary>
/// <remarks>
/// By hand: <c>WORKMANAGER_BUSY_SECONDS</c> (120), with leases of three seconds and two programs per processor that only take its time. In a build, the other
/// tests are what keeps the machine busy.
/// </remarks>
public abstract class BusyMachineSpecification(DatabaseFixture databases)
{
    private const int Holders = 50;

    private static readonly int Seconds = Trials.Number("WORKMANAGER_BUSY_SECONDS", 0);

    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(Seconds > 0 ? 3 : 20);

    private static readonly string[] Short =
    [
        "--Workers:WordCounts:LeaseTime", $"{Ttl}", "--WorkManager:Lease:Ttl", $"{Ttl}", "--WorkManager:Lease:HeartbeatEvery", "00:00:01",
        "--Workers:WordCounts:MaxIdle", "00:00:01", "--News:ReadingTime", "01:00:00", "--shutdownTimeoutSeconds", "6",
    ];

    [Fact, Trait("Promise", "P4")]
    public async Task A_holder_that_beats_is_not_robbed()
    {
        await using var database = await databases.CreateAsync();
        (await SampleProcess.RunAsync(database, "--add", $"{Holders}")).ExitCode.Should().Be(0);
        await using var host = await SampleProcess.StartAsync(database, [.. Short, "--Workers:WordCounts:Concurrency", $"{Holders}"]);
        await Eventually.IsSoAsync(async () => await database.CountAsync("SELECT COUNT(*) FROM work_items WHERE state = 'in_progress'") == Holders);
        // It takes what has run out.
        await using var other = await SampleProcess.StartAsync(database, Short);

        var hogs = Enumerable.Range(0, Seconds > 0 ? 2 * Environment.ProcessorCount : 0).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"])).ToList();
        try
        {
            var begun = Stopwatch.GetTimestamp();
            var enough = Seconds > 0 ? TimeSpan.FromSeconds(Seconds) : 1.25 * Ttl;
            await Eventually.IsSoAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(begun) > enough));
        }
        finally
        {
            hogs.ForEach(hog => hog.Kill());
            hogs.ForEach(hog => hog.Dispose());
        }

        var leased = await database.CountAsync("SELECT COUNT(*) FROM work_events WHERE event = 'leased'");
        var kept = await database.CountAsync("SELECT COUNT(*) FROM work_items WHERE state = 'in_progress' AND lease_epoch = 1 AND attempts = 0");
        await host.TerminateAsync();
        var said = await host.WaitForEndAsync(TimeSpan.FromSeconds(40));
        (leased, kept).Should().Be((Holders, Holders), said);
        said.Should().NotContain("The lease on item").And.Contain($"{Holders} items went back");
    }
}

public sealed class BusyMachineOnSqlite(SqliteFixture databases) : BusyMachineSpecification(databases), IOnSqlite;

public sealed class BusyMachineOnPostgreSql(PostgreSqlFixture databases) : BusyMachineSpecification(databases), IOnPostgreSql;
