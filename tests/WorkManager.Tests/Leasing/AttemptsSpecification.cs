using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>What time does to items, and what it does not: of many items, each is counted.</summary>
/// <remarks><c>WORKMANAGER_LEASE_TRIALS=1000</c> counts more of them.</remarks>
public abstract class AttemptsSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const int Attempts = 3;
    private const int AtOnce = 100;

    private static readonly int Items = int.Parse(Environment.GetEnvironmentVariable("WORKMANAGER_LEASE_TRIALS") ?? "30", CultureInfo.InvariantCulture);
    private static readonly TimeSpan PastTtl = TimeSpan.FromSeconds(121);
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "P5")]
    public async Task Items_whose_holders_always_die_have_an_attempt_for_each_grant_and_fail_after_the_last_one()
    {
        await using var app = await StartAsync();
        var tooEarly = 0;
        for (short attempt = 1; attempt <= Attempts; attempt++)
        {
            (await LeaseAllAsync(app)).Should().HaveCount(Items);
            app.Time.Advance(PastTtl);
            (await app.Maintenance.ReclaimExpiredAsync(Cancel)).Should().Be(Items);

            var items = await ItemsAsync(app);
            items.Should().OnlyContain(i => i.Attempts == attempt && i.LeaseEpoch == attempt && i.LeasedByAgentId == null);
            items.Should().OnlyContain(i => i.State == (attempt < Attempts ? ItemState.Queued : ItemState.Failed));
            if (attempt < Attempts)
            {
                var pause = TimeSpan.FromMinutes(Math.Pow(2, attempt - 1));
                var now = app.Time.GetUtcNow();
                items.Should().OnlyContain(i => i.AvailableAt >= now + pause && i.AvailableAt <= now + pause + Jitter);
                tooEarly += await ClaimsBeforeTheirTimeAsync(app, items);
            }
        }

        (await LeaseAllAsync(app)).Should().BeEmpty();
        (await app.ReadAsync(db => db.Set<WorkOrder>().ToListAsync(Cancel))).Should().HaveCount(Items).And.OnlyContain(o => o.State == OrderState.Failed);
        (await app.ReadAsync(db => db.Set<WorkEvent>().CountAsync(e => e.Event == "leased", Cancel))).Should().Be(Items * Attempts);
        output.WriteLine($"{Items} items, {Attempts} attempts each: {Items * Attempts} leases ran out, {tooEarly} claims came before their time");
        tooEarly.Should().Be(0);
    }

    [Fact, Trait("Promise", "P8")]
    public async Task What_is_submitted_or_applied_is_never_queued_again_by_time()
    {
        await using var app = await StartAsync();
        var leases = await LeaseAllAsync(app);
        foreach (var some in leases.Chunk(AtOnce))
        {
            (await app.Agent("agent").SubmitManyAsync([.. some.Select(l => new Submission<EchoResult>(l, Steps.Verified))], cancellationToken: Cancel))
                .Should().OnlyContain(o => o.Succeeded);
        }

        foreach (var lease in leases.Where((_, index) => index % 3 == 0))
        {
            await app.Reviewer.ApproveAsync(lease.OrderId, cancellationToken: Cancel);
        }

        var before = await Refusal.ReadAsync(app.Database);
        app.Time.Advance(10 * PastTtl);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            (await app.Maintenance.ReclaimExpiredAsync(Cancel)).Should().Be(0);
            (await app.Agent($"agent-{n}").CheckoutManyAsync(AtOnce, cancellationToken: Cancel)).Should().BeEmpty();
        })));

        output.WriteLine($"{Items} items submitted, every third of them applied: none changed");
        (await Refusal.ReadAsync(app.Database)).Should().Equal(before);
    }

    /// <summary>Claims a moment before the first pause is over, then goes to where all of them are.</summary>
    private static async Task<int> ClaimsBeforeTheirTimeAsync(ShopApp app, List<WorkItem> items)
    {
        app.Time.SetUtcNow(items.Min(i => i.AvailableAt).AddMilliseconds(-1));
        var claims = (await LeaseAllAsync(app)).Count;
        app.Time.SetUtcNow(items.Max(i => i.AvailableAt));
        return claims;
    }

    private async Task<ShopApp> StartAsync()
    {
        var app = await ShopApp.StartAsync(databases, null, o => o.Retry.DefaultMaxAttempts = Attempts);
        foreach (var some in Enumerable.Range(0, Items).Chunk(AtOnce))
        {
            await app.Requester.ProposeManyAsync([.. some.Select(i => new Proposal<EchoPayload>(new($"{i}")))], cancellationToken: Cancel);
        }

        return app;
    }

    private static async Task<List<WorkLease>> LeaseAllAsync(ShopApp app)
    {
        var leases = new List<WorkLease>();
        while (await app.Agent("agent").CheckoutManyAsync(AtOnce, cancellationToken: Cancel) is { Count: > 0 } some)
        {
            leases.AddRange(some);
        }

        return leases;
    }

    private static Task<List<WorkItem>> ItemsAsync(ShopApp app) => app.ReadAsync(db => db.Set<WorkItem>().AsNoTracking().ToListAsync(Cancel));
}

public sealed class AttemptsOnSqlite(SqliteFixture databases, ITestOutputHelper output) : AttemptsSpecification(databases, output), IOnSqlite;

public sealed class AttemptsOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : AttemptsSpecification(databases, output), IOnPostgreSql;
