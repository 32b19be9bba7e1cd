using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Races;

namespace WorkManager.Tests.Ledger;

/// <summary>An apply is whole or has not been, whatever fails in it, and whoever dies.</summary>
public abstract class LedgerSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    // By hand: 500 and 100.
    private static readonly int Applies = Number("WORKMANAGER_LEDGER_APPLIES", 30);
    private static readonly int Kills = Number("WORKMANAGER_LEDGER_KILLS", 1);

    [Fact, Trait("Promise", "P16")]
    public async Task Applies_that_fail_on_any_line_change_nothing_and_the_next_try_applies_once()
    {
        await using var app = await LedgerApp.StartAsync(databases);
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var (random, faults) = (new Random(seed), new ConcurrentDictionary<int, int>());
        var orders = new ConcurrentQueue<Guid>();
        for (var i = 0; i < Applies; i++)
        {
            var from = random.Next(1, LedgerApp.Accounts + 1);
            orders.Enqueue(await app.SubmittedAsync<MoveNow>(from, (from % LedgerApp.Accounts) + 1, random.Next(1, 50)));
        }

        app.Lines.At = async (line, db) =>
        {
            if (Random.Shared.Next(8) > 0)
            {
                return;
            }

            faults.AddOrUpdate(line, 1, (_, n) => n + 1);
            switch (Random.Shared.Next(3))
            {
                case 0:
                    throw new InvalidOperationException("A mistake of the host.");
                case 1:
                    // A rule of the database.
                    await db.Database.ExecuteSqlRawAsync("INSERT INTO memos (\"Id\", \"Text\") VALUES (1, 'twice'), (1, 'twice')");
                    break;
                default:
                    await db.Database.GetDbConnection().CloseAsync();
                    break;
            }
        };

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (orders.TryDequeue(out var id))
            {
                await ApplyAsync(app, id);
            }
        })));

        await app.AssertBalancedAsync();
        (await app.WithAsync(db => db.Bookings.CountAsync())).Should().Be(Applies);
        output.WriteLine($"{Applies} applies, failed on lines: {string.Join(", ", faults.OrderBy(f => f.Key).Select(f => $"{f.Key}: {f.Value} times"))}");
        faults.Should().NotBeEmpty();
    }

    [Fact, Trait("Promise", "P16")]
    public async Task Deferred_applies_are_done_once_whichever_process_is_killed()
    {
        await using var app = await LedgerApp.StartAsync(databases);
        var random = new Random(17);
        for (var round = 0; round < Kills; round++)
        {
            var ids = new List<Guid>();
            for (var i = 0; i < 4; i++)
            {
                var from = random.Next(1, LedgerApp.Accounts + 1);
                ids.Add(await app.SubmittedAsync<MoveLater>(from, (from % LedgerApp.Accounts) + 1, random.Next(1, 50)));
                (await app.By(Actor.User("bert")).ApproveAsync(ids[^1])).State.Should().Be(OrderState.Approved);
            }

            await using var worker = await WorkerProcess.StartAsync("apply", databases.Provider, app.Database.ConnectionString);
            worker.Go();
            // It says on which line of which apply it is. It is killed on another one each time.
            for (var line = 0; line < 3 + (round % (2 * Lines.Count)); line++)
            {
                await worker.ReadLineAsync();
            }

            await worker.KillAsync();
            await app.AssertBalancedAsync();
            // As it is after a minute: the duty is not the dead process's any more.
            await app.Database.ExecuteAsync("DELETE FROM work_duties");
        }

        var patience = Stopwatch.StartNew();
        while (await app.WithAsync(db => db.Set<WorkOrder>().AnyAsync(o => o.State == OrderState.Approved)))
        {
            await app.Maintenance.ApproveDueAsync();
            patience.Elapsed.Should().BeLessThan(TimeSpan.FromMinutes(1));
            await Task.Delay(50);
        }

        await app.AssertBalancedAsync();
        (await app.WithAsync(db => db.Bookings.CountAsync())).Should().Be(4 * Kills);
        output.WriteLine($"{4 * Kills} deferred applies, {Kills} processes killed");
    }

    private static async Task ApplyAsync(LedgerApp app, Guid id)
    {
        while (true)
        {
            try
            {
                (await app.By(Actor.User("bert")).ApproveAsync(id)).State.Should().Be(OrderState.Completed);
                return;
            }
            catch (WorkManagerException failure) when (failure is not IllegalTransitionException)
            {
                // Again, as a person would.
            }
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

public sealed class LedgerOnSqlite(SqliteFixture databases, ITestOutputHelper output) : LedgerSpecification(databases, output), IOnSqlite;

public sealed class LedgerOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : LedgerSpecification(databases, output), IOnPostgreSql;
