using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Races;

/// <summary>Nobody waits for ever for what a dead process held, although no scheduler runs and the queue never runs empty.</summary>
/// <remarks>
/// <c>WORKMANAGER_KILLED_WORKERS=200</c> kills more of them, and holds the time to its limit: that is for a machine that does nothing else.
/// </remarks>
public abstract class DeadHoldersSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const int AtOnce = 4;

    // As the worker program sets them: a lease, the pause after it, and what the search may take.
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(3 + 1 + 5);

    private static readonly int Killed = int.Parse(
        Environment.GetEnvironmentVariable("WORKMANAGER_KILLED_WORKERS") ?? "2", CultureInfo.InvariantCulture);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "P3")]
    public async Task What_a_killed_process_held_is_claimed_again_soon_after_its_lease_and_the_pause()
    {
        await using var app = await ShopApp.StartAsync(databases);
        for (var i = 0; i < 2 + (Killed / 4); i++)
        {
            await app.Requester.ProposeAsync(Batches.Payload(1000), cancellationToken: Cancel);
        }

        await using var busy = await WorkerProcess.StartAsync("work", databases.Provider, app.Database.ConnectionString);
        busy.Go();
        var killedAt = new Dictionary<Guid, DateTimeOffset>();
        foreach (var names in Enumerable.Range(0, Killed).Chunk(AtOnce))
        {
            var holders = await Task.WhenAll(names.Select(i => WorkerProcess.StartAsync("hold", databases.Provider, app.Database.ConnectionString, $"doomed-{i}")));
            foreach (var holder in holders)
            {
                holder.Go();
                var item = Guid.Parse(await holder.ReadLineAsync(), CultureInfo.InvariantCulture);
                await holder.KillAsync();
                killedAt.Add(item, TimeProvider.System.GetUtcNow());
                await holder.DisposeAsync();
            }
        }

        var waits = await WaitsAsync(app, killedAt);

        output.WriteLine($"{Killed} processes killed; their items were claimed again after {waits.Min().TotalSeconds:F1} to {waits.Max().TotalSeconds:F1} s");
        waits.Should().HaveCount(Killed);
        if (Killed > AtOnce)
        {
            waits.Should().OnlyContain(wait => wait <= Most);
        }

        (await app.ReadAsync(db => db.Set<WorkItem>().CountAsync(i => i.ReadyAt != null, Cancel))).Should().BePositive("the queue never ran empty");
    }

    /// <summary>How long it took from the death of each holder to the next lease.</summary>
    private static async Task<List<TimeSpan>> WaitsAsync(ShopApp app, Dictionary<Guid, DateTimeOffset> killedAt)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        while (true)
        {
            var again = await app.ReadAsync(db => db.Set<WorkEvent>().Where(e => e.Event == "leased" && e.LeaseEpoch == 2)
                .Select(e => new { e.ItemId, e.CreatedAt }).ToListAsync(patience.Token));
            if (again.Count(e => killedAt.ContainsKey(e.ItemId!.Value)) == killedAt.Count)
            {
                return [.. again.Where(e => killedAt.ContainsKey(e.ItemId!.Value)).Select(e => e.CreatedAt - killedAt[e.ItemId!.Value])];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
        }
    }
}

public sealed class DeadHoldersOnSqlite(SqliteFixture databases, ITestOutputHelper output) : DeadHoldersSpecification(databases, output), IOnSqlite;

public sealed class DeadHoldersOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output)
    : DeadHoldersSpecification(databases, output), IOnPostgreSql;
