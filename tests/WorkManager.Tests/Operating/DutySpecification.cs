using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>One process does a duty at a time. Others find it taken, and do nothing.</summary>
public abstract class DutySpecification(DatabaseFixture databases)
{
    private static readonly Dictionary<string, Func<IWorkMaintenance, Task<object>>> Duties = new(StringComparer.Ordinal)
    {
        ["reclaim"] = async m => await m.ReclaimExpiredAsync(),
        ["approve_due"] = async m => await m.ApproveDueAsync(),
        ["dead_letter_due"] = async m => await m.DeadLetterDueAsync(),
        ["settle_dependencies"] = async m => await m.SettleDependenciesAsync(),
        ["reconcile"] = async m => await m.ReconcileAsync(),
        ["prune"] = async m => await m.PruneAsync(),
        ["purge_keys"] = async m => await m.PurgeKeysAsync(),
        ["generate"] = async m => await m.GenerateAsync(),
    };

    public static TheoryData<string> Names => [.. Duties.Keys];

    [Theory, Trait("Bug", "B74")]
    [MemberData(nameof(Names))]
    public async Task A_duty_that_somebody_else_does_is_left_alone_until_the_turn_is_over(string duty)
    {
        await using var app = await StartAsync();
        var idle = await Duties[duty](app.Maintenance);
        Tell(await RowAsync(app, duty)).Should().Be((1, null, null, app.Time.GetUtcNow()));
        await app.Database.ExecuteAsync($"UPDATE work_duties SET holder = 'other', epoch = 7, expires_at = '{Text(app.Time.GetUtcNow().AddSeconds(1))}'");
        var before = await RowAsync(app, duty);

        (await Duties[duty](app.Maintenance)).Should().BeEquivalentTo(idle);

        (await RowAsync(app, duty)).Should().BeEquivalentTo(before);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await Duties[duty](app.Maintenance);
        Tell(await RowAsync(app, duty)).Should().Be((8, null, null, app.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_dry_run_and_what_only_reads_take_no_turn()
    {
        await using var app = await StartAsync();

        await app.Maintenance.PruneAsync(dryRun: true);
        await app.Maintenance.GenerateAsync(dryRun: true);
        await app.Maintenance.FindStaleAsync();

        (await app.ReadAsync(db => db.Set<WorkDuty>().CountAsync())).Should().Be(0);
    }

    [Fact]
    public async Task What_failed_stands_in_the_row_of_the_duty_until_it_succeeds()
    {
        await using var app = await StartAsync();
        await app.Maintenance.PurgeKeysAsync();
        await app.Database.ExecuteAsync("ALTER TABLE work_idempotency_keys RENAME TO gone");

        await FluentActions.Awaiting(() => app.Maintenance.PurgeKeysAsync()).Should().ThrowAsync<Exception>();

        var row = await RowAsync(app, "purge_keys");
        (row.Holder, row.Epoch, row.LastRunAt).Should().Be((null, 2, app.Time.GetUtcNow()));
        row.ReadError()!.Code.Should().Be("error");
        row.ReadError()!.Message.Should().Contain("work_idempotency_keys");
        await app.Database.ExecuteAsync("ALTER TABLE gone RENAME TO work_idempotency_keys");
        await app.Maintenance.PurgeKeysAsync();
        (await RowAsync(app, "purge_keys")).LastError.Should().BeNull();
    }

    [Fact]
    public async Task A_run_that_is_cancelled_gives_its_turn_back_and_says_nothing()
    {
        using var stop = new CancellationTokenSource();
        var cancels = false;
        await using var app = await StartAsync(Find);
        await app.Maintenance.GenerateAsync();
        var before = await RowAsync(app, "generate");
        app.Time.Advance(TimeSpan.FromMinutes(5));
        cancels = true;

        await FluentActions.Awaiting(() => app.Maintenance.GenerateAsync(cancellationToken: stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        Tell(await RowAsync(app, "generate")).Should().Be((2, null, null, before.LastRunAt));

        async IAsyncEnumerable<GeneratedOrder> Find()
        {
            yield return new(new EchoPayload("one"));
            if (cancels)
            {
                await stop.CancelAsync();
                stop.Token.ThrowIfCancellationRequested();
            }
        }
    }

    [Fact]
    public async Task A_turn_is_renewed_between_batches_as_long_as_nobody_else_has_taken_it()
    {
        var (renewed, epoch, taken) = (new List<TimeSpan>(), 0L, (WorkDuty?)null);
        ShopApp app = null!;
        app = await StartAsync(Find);
        await using var _ = app;

        var result = await app.Maintenance.GenerateAsync();

        renewed.Should().Equal(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(41));
        epoch.Should().Be(1);
        result.Proposed.Should().Be(400, "the batch after which the turn was found to be lost is stored, and the next generator does not begin");
        (await RowAsync(app, "generate")).Should().BeEquivalentTo(taken);

        async IAsyncEnumerable<GeneratedOrder> Find()
        {
            for (var i = 0; i < 1_000; i++)
            {
                yield return new(new EchoPayload($"{i}"));
                if (i is 0 or 100 or 200)
                {
                    var row = await RowAsync(app, "generate");
                    (epoch, var now) = (row.Epoch, app.Time.GetUtcNow());
                    renewed.Add(row.ExpiresAt!.Value - now);
                    app.Time.Advance(TimeSpan.FromSeconds(i == 100 ? 19 : 21));
                }
                else if (i == 300)
                {
                    await app.Database.ExecuteAsync(
                        $"UPDATE work_duties SET holder = 'other', epoch = 2, expires_at = '{Text(app.Time.GetUtcNow().AddHours(1))}'");
                    taken = await RowAsync(app, "generate");
                    app.Time.Advance(TimeSpan.FromSeconds(21));
                }
            }
        }
    }

    private Task<ShopApp> StartAsync(Func<IAsyncEnumerable<GeneratedOrder>>? find = null) => ShopApp.StartAsync(
        databases,
        builder => builder.AddGenerator<Finder>().AddGenerator<Next>().Services.AddSingleton(new Source(find ?? AsyncEnumerable.Empty<GeneratedOrder>)),
        options => options.Maintenance.PruneCompletedAfter = TimeSpan.FromDays(1));

    private static Task<WorkDuty> RowAsync(ShopApp app, string duty) => app.ReadAsync(db => db.Set<WorkDuty>().AsNoTracking().SingleAsync(d => d.Name == duty));

    private static (long Epoch, string? Holder, DateTimeOffset? ExpiresAt, DateTimeOffset? LastRunAt) Tell(WorkDuty duty) =>
        (duty.Epoch, duty.Holder, duty.ExpiresAt, duty.LastRunAt);

    private string Text(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss.FFFFFF}{(databases.Provider == Provider.Sqlite ? "" : "+00")}";

    /// <summary>Finds something only where the other finds something, too.</summary>
    public sealed class Next(Source source) : IWorkGenerator
    {
        public IAsyncEnumerable<GeneratedOrder> FindWorkAsync(CancellationToken cancellationToken) =>
            source.Find().Take(1).Select(_ => new GeneratedOrder(new EchoPayload("next")));
    }

    public sealed record Source(Func<IAsyncEnumerable<GeneratedOrder>> Find);

    public sealed class Finder(Source source) : IWorkGenerator
    {
        public IAsyncEnumerable<GeneratedOrder> FindWorkAsync(CancellationToken cancellationToken) => source.Find();
    }
}

public sealed class DutyOnSqlite(SqliteFixture databases) : DutySpecification(databases), IOnSqlite;

public sealed class DutyOnPostgreSql(PostgreSqlFixture databases) : DutySpecification(databases), IOnPostgreSql;
