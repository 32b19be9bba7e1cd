using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Hosting.Tests.Words;
using WorkManager.Tests.Plans;

namespace WorkManager.Hosting.Tests.Workers;

/// <summary>When a worker asks for work, and for how much.</summary>
public abstract class ClaimingSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task No_more_items_are_worked_on_or_leased_than_there_are_places()
    {
        await using var app = await WordsApp.StartAsync(databases, worker => (worker.Concurrency, worker.Prefetch) = (3, 2));
        var go = new SemaphoreSlim(0);
        var mostLeased = 0;
        app.Script.Handle = async (work, stop) =>
        {
            await go.WaitAsync(stop);
            return await Script.Shout(work);
        };
        var order = await app.ProposeAsync([.. Enumerable.Range(0, 12).Select(n => $"w{n}")]);

        await app.EventuallyAsync(async () =>
        {
            var leased = (await app.OrderAsync(order.Id)).Items.Count(i => i.IsLeased);
            mostLeased = Math.Max(mostLeased, leased);
            // One after the other, so that the worker is seen at its fullest.
            if (app.Script.Calls.Count >= 3)
            {
                go.Release();
            }

            return (await app.OrderAsync(order.Id)).State == OrderState.Submitted;
        });

        app.Script.MostAtOnce.Should().Be(3);
        mostLeased.Should().BeInRange(4, 5);
        app.Script.Calls.Should().HaveCount(12).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task What_is_proposed_in_its_process_wakes_an_idle_worker()
    {
        await using var app = await WordsApp.StartAsync(databases, worker => (worker.MinIdle, worker.MaxIdle) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        // Time stands still: only the proposal can wake it.
        await app.EventuallyAsync(async () => (await app.ProposeAsync("one")).Id != default);

        await app.EventuallyAsync(() => !app.Script.Calls.IsEmpty);
    }

    [Fact]
    public async Task What_another_process_proposes_is_found_within_the_idle_time()
    {
        await using var app = await WordsApp.StartAsync(databases);
        await using var other = WordsApp.On(app.Database, work => work.AddOrderType<Uppercase>());
        var order = await other.ProposeAsync("one");
        var since = app.Time.GetUtcNow();

        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted, TimeSpan.FromSeconds(0.5));

        (app.Time.GetUtcNow() - since).Should().BeLessThan(TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task An_idle_worker_sends_less_than_a_statement_a_second()
    {
        await using var app = await WordsApp.StartAsync(databases);
        using var sent = new SentCommands(app.Database);
        await app.EventuallyAsync(() => sent.Statements > 10, TimeSpan.FromSeconds(1));
        var (count, since) = (sent.Statements, app.Time.GetUtcNow());

        await app.EventuallyAsync(() => app.Time.GetUtcNow() - since > TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(0.5));

        (sent.Statements - count).Should().BeInRange(10, 120);
    }

    [Fact]
    public async Task A_worker_for_all_tenants_does_the_work_of_each()
    {
        await using var app = await WordsApp.StartAsync(databases, worker => worker.AllTenants = true);
        var tenants = new List<string>();
        app.Script.Handle = (work, _) =>
        {
            lock (tenants)
            {
                tenants.Add(work.TenantId);
            }

            return Script.Shout(work);
        };
        var factory = app.Services.GetRequiredService<IWorkOrderManagerFactory>();

        await factory.Create(Actor.User("a"), "north").ProposeAsync(new Words.Words(["one"]));
        await factory.Create(Actor.User("b"), "south").ProposeAsync(new Words.Words(["two"]));

        await app.EventuallyAsync(() => tenants.Count == 2);
        tenants.Should().BeEquivalentTo("north", "south");
    }
}

public sealed class ClaimingOnSqlite(SqliteFixture databases) : ClaimingSpecification(databases), IOnSqlite;

public sealed class ClaimingOnPostgreSql(PostgreSqlFixture databases) : ClaimingSpecification(databases), IOnPostgreSql;
