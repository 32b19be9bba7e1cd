using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Races;

/// <summary>Processes that do every duty at once do each thing once.</summary>
/// <remarks><c>WORKMANAGER_EXPIRED_LEASES=10000</c> lets more leases run out.</remarks>
public abstract class DutiesSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const int Processes = 2;
    private const int Rounds = 3;
    private const int Batch = 100;

    private static readonly int Expired = int.Parse(
        Environment.GetEnvironmentVariable("WORKMANAGER_EXPIRED_LEASES") ?? $"{3 * Batch}", CultureInfo.InvariantCulture);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leases_that_ran_out_are_taken_back_once_by_two_processes_that_do_every_duty_at_once()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await LeaseAsync(app);
        await app.Database.ExecuteAsync("UPDATE work_items SET lease_expires_at = '2026-01-01 00:00:00'");
        var workers = await Task.WhenAll(Enumerable.Range(0, Processes)
            .Select(_ => WorkerProcess.StartAsync("keep", databases.Provider, app.Database.ConnectionString, $"{Rounds}")));
        foreach (var worker in workers)
        {
            worker.Go();
        }

        var said = (await Task.WhenAll(workers.Select(w => w.ReadToEndAsync()))).SelectMany(lines => lines).Select(line => line.Split(' '))
            .GroupBy(words => words[0], words => int.Parse(words[1], CultureInfo.InvariantCulture)).ToDictionary(g => g.Key, g => g.Sum());
        foreach (var worker in workers)
        {
            await worker.DisposeAsync();
        }

        output.WriteLine(string.Join(", ", said.Select(s => $"{s.Key} {s.Value}")));
        said["reclaim"].Should().Be(Expired);
        said.Where(s => s.Key != "reclaim").Should().OnlyContain(s => s.Value == 0);
        var items = await app.ReadAsync(db => db.Set<WorkItem>().AsNoTracking().ToListAsync(Cancel));
        items.Should().HaveCount(Expired).And.OnlyContain(i => i.State == ItemState.Queued && i.Attempts == 1 && i.LeaseEpoch == 1 && i.ReadyAt != null);
        var ends = await app.ReadAsync(db => db.Set<WorkEvent>().Where(e => e.Event == "lease_expired").Select(e => e.ItemId).ToListAsync(Cancel));
        ends.Order().Should().Equal(items.Select(i => (Guid?)i.Id).Order());
        (await app.ReadAsync(db => db.Set<WorkDuty>().CountAsync(d => d.Holder == null && d.LastError == null && d.LastRunAt != null, Cancel))).Should().Be(8);
        (await DeadlocksAsync(app)).Should().Be(0);
    }

    private protected abstract Task<long> DeadlocksAsync(ShopApp app);

    private static async Task LeaseAsync(ShopApp app)
    {
        for (var proposed = 0; proposed < Expired; proposed += Batch)
        {
            await app.Requester.ProposeManyAsync(
                [.. Enumerable.Range(0, Batch / 10).Select(_ => new Proposal<BatchPayload>(Batches.Payload(10)))], Cancel);
        }

        var leased = 0;
        while (await app.Agent("agent").CheckoutManyAsync(1000, cancellationToken: Cancel) is { Count: > 0 } leases)
        {
            leased += leases.Count;
        }

        leased.Should().Be(Expired);
    }
}

public sealed class DutiesOnSqlite(SqliteFixture databases, ITestOutputHelper output) : DutiesSpecification(databases, output), IOnSqlite
{
    private protected override Task<long> DeadlocksAsync(ShopApp app) => Task.FromResult(0L);
}

public sealed class DutiesOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : DutiesSpecification(databases, output), IOnPostgreSql
{
    private protected override async Task<long> DeadlocksAsync(ShopApp app) =>
        (long)(await app.Database.ScalarAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))!;
}
