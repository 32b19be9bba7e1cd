using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Races;

/// <summary>Holders whose process is stopped for longer than their leases last, and goes on.</summary>
/// <remarks><c>WORKMANAGER_STOPPED_HOLDERS=500</c> stops more of them.</remarks>
public abstract class StoppedHoldersSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const int HoldersOfAProcess = 50;
    private const int CallsOfAHolder = 11;

    private static readonly int Holders = int.Parse(
        Environment.GetEnvironmentVariable("WORKMANAGER_STOPPED_HOLDERS") ?? "9", CultureInfo.InvariantCulture);

    /// <summary>How long a lease lasts: no process may find one of another that has run out while it leases its own.</summary>
    private static readonly int Seconds = 3 * (1 + ((Holders - 1) / HoldersOfAProcess)) + 2;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "P2")]
    public async Task A_holder_that_goes_on_after_its_lease_has_ended_changes_nothing_whoever_has_the_item_now()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => (o.Retry.Backoff, o.Retry.Jitter) = (TimeSpan.Zero, TimeSpan.Zero));
        await app.Requester.ProposeManyAsync([.. Enumerable.Range(0, Holders).Select(i => new Proposal<EchoPayload>(new($"{i}")))], cancellationToken: Cancel);
        var holders = new List<WorkerProcess>();
        try
        {
            var held = new List<(string Agent, Guid Order)>();
            foreach (var agents in Enumerable.Range(0, Holders).Select(i => $"holder-{i}").Chunk(HoldersOfAProcess))
            {
                holders.Add(await WorkerProcess.StartAsync(
                    "return", databases.Provider, app.Database.ConnectionString, [Seconds.ToString(CultureInfo.InvariantCulture), .. agents]));
                held.AddRange(await HoldAsync(holders[^1], agents));
                await holders[^1].StopAsync();
            }

            await ReclaimAllAsync(app);
            await LeaseAgainAsync(app, held);
            var before = await Refusal.ReadAsync(app.Database);

            var answers = new List<string>();
            foreach (var holder in holders)
            {
                await holder.ContinueAsync();
                holder.Go();
                answers.AddRange(await holder.ReadToEndAsync());
            }

            output.WriteLine($"{Holders} holders stopped and continued: {answers.Count} calls, {answers.Count(a => a == "lease_lost")} of them lease_lost");
            answers.Should().HaveCount(Holders * CallsOfAHolder).And.OnlyContain(answer => answer == "lease_lost");
            (await Refusal.ReadAsync(app.Database)).Should().Equal(before);
        }
        finally
        {
            foreach (var holder in holders)
            {
                await holder.DisposeAsync();
            }
        }
    }

    /// <summary>Lets the agents of a process lease an item each.</summary>
    private static async Task<List<(string Agent, Guid Order)>> HoldAsync(WorkerProcess holder, string[] agents)
    {
        holder.Go();
        var held = new List<(string Agent, Guid Order)>();
        foreach (var agent in agents)
        {
            var line = (await holder.ReadLineAsync()).Split(' ');
            line[0].Should().Be(agent);
            held.Add((agent, Guid.Parse(line[1], CultureInfo.InvariantCulture)));
        }

        return held;
    }

    /// <summary>Waits until every lease has run out, and takes it back. The workers' clocks decide how long that is.</summary>
    private static async Task ReclaimAllAsync(ShopApp app)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        while (await app.ReadAsync(db => db.Set<WorkItem>().AnyAsync(i => i.State == ItemState.Leased, patience.Token)))
        {
            app.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
            await app.Maintenance.ReclaimExpiredAsync(patience.Token);
            await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
        }

        (await app.ReadAsync(db => db.Set<WorkItem>().CountAsync(i => i.State == ItemState.Queued && i.LeaseEpoch == 1, Cancel)))
            .Should().Be(Holders, "each was leased once");
    }

    /// <summary>A third is leased again by the agent that had it, a third is done by another one, and a third waits.</summary>
    private static async Task LeaseAgainAsync(ShopApp app, List<(string Agent, Guid Order)> held)
    {
        foreach (var (index, (agent, order)) in held.Index())
        {
            if (index % 3 == 0)
            {
                (await app.LeaseAsync(agent, order)).Token.Epoch.Should().Be(2);
            }
            else if (index % 3 == 1)
            {
                await app.Agent("another").SubmitAsync(await app.LeaseAsync("another", order), Steps.Verified, cancellationToken: Cancel);
            }
        }

        (await app.ReadAsync(db => db.Set<WorkItem>().GroupBy(i => i.State).Select(g => new { State = g.Key, Count = g.Count() }).ToListAsync(Cancel)))
            .Should().HaveCount(3).And.OnlyContain(g => g.Count >= Holders / 3);
    }
}

public sealed class StoppedHoldersOnSqlite(SqliteFixture databases, ITestOutputHelper output)
    : StoppedHoldersSpecification(databases, output), IOnSqlite;

public sealed class StoppedHoldersOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output)
    : StoppedHoldersSpecification(databases, output), IOnPostgreSql;
