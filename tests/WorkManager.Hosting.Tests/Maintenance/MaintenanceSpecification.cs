using System.Reflection;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Hosting.Tests.Words;

namespace WorkManager.Hosting.Tests.Maintenance;

/// <summary>The duties, each on its own schedule.</summary>
public abstract class MaintenanceSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Every_duty_is_done_on_its_schedule()
    {
        await using var app = WordsApp.On(
            await databases.CreateAsync(WordsApp.Migrated),
            work => work.AddOrderType<Uppercase>().AddGenerator<OneWord>().AddMaintenance(every =>
            {
                every.Generate = TimeSpan.FromMinutes(5);
                every.Prune = TimeSpan.FromDays(1);
            }),
            host => host.Services.Configure<WorkManagerOptions>(o => o.Maintenance.PruneCompletedAfter = TimeSpan.FromDays(365)));
        await app.StartAsync();

        var until = app.Time.GetUtcNow().AddDays(2);
        await app.EventuallyAsync(() => app.Time.GetUtcNow() > until, TimeSpan.FromHours(1));

        (await DutiesAsync(app)).Should().BeEquivalentTo(
            "reclaim", "approve_due", "settle_dependencies", "generate", "dead_letter_due", "reconcile", "purge_keys", "prune");
        (await app.Requester.ListAsync()).Items.Should().HaveCount(1, "the generator's key is unique");
    }

    [Fact]
    public async Task A_duty_runs_again_and_again()
    {
        await using var app = WordsApp.On(
            await databases.CreateAsync(WordsApp.Migrated),
            work => work.AddOrderType<Uppercase>().AddMaintenance(every => every.ReclaimExpired = TimeSpan.FromSeconds(10)));
        await app.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            await app.ProposeAsync("one");
            var lease = await app.By(Actor.Agent("dead")).CheckoutAsync();

            await app.EventuallyAsync(async () => (await app.OrderAsync(lease!.OrderId)).Items.Single().Attempts == 1, TimeSpan.FromSeconds(5));

            await app.Requester.CancelAsync(lease!.OrderId);
        }
    }

    [Fact]
    public async Task A_duty_that_fails_stops_neither_the_others_nor_the_host_and_is_tried_again()
    {
        var outage = new Strong<bool> { Value = true };
        await using var app = WordsApp.On(
            await databases.CreateAsync(WordsApp.Migrated),
            work =>
            {
                work.AddOrderType<Uppercase>().AddMaintenance(every => every.PurgeKeys = TimeSpan.FromSeconds(10));
                var real = work.Services.Last(s => s.ServiceType == typeof(IWorkMaintenance)).ImplementationFactory!;
                work.Services.AddSingleton(services => FailingPurge.Of((IWorkMaintenance)real(services), () => outage.Value));
            });
        await app.StartAsync();
        await app.EventuallyAsync(() => app.Log.Names.Contains("DutyFailed"), TimeSpan.FromSeconds(5));
        await app.EventuallyAsync(async () => (await DutiesAsync(app)).Contains("reclaim"), TimeSpan.FromSeconds(5));

        outage.Value = false;

        await app.EventuallyAsync(() => app.Log.Names.Contains("DutyIsBack"), TimeSpan.FromSeconds(5));
        app.Log.Names.Count(n => n == "DutyFailed").Should().Be(1, "one line for each change, and not for each try");
    }

    private static async Task<List<string>> DutiesAsync(WordsApp app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WorkManagerDbContext>();
        return await db.Set<WorkDuty>().Where(d => d.LastRunAt != null).Select(d => d.Name).ToListAsync();
    }

    private sealed class Strong<T>
    {
        public required T Value { get; set; }
    }

    /// <summary>The duties themselves, but for one that fails for a while.</summary>
    public class FailingPurge : DispatchProxy
    {
        private IWorkMaintenance real = null!;
        private Func<bool> fails = null!;

        public static IWorkMaintenance Of(IWorkMaintenance real, Func<bool> fails)
        {
            var proxy = Create<IWorkMaintenance, FailingPurge>();
            ((FailingPurge)(object)proxy).real = real;
            ((FailingPurge)(object)proxy).fails = fails;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IWorkMaintenance.PurgeKeysAsync) && fails()
                ? Task.FromException<int>(new IOException("No space left."))
                : targetMethod.Invoke(real, args);
    }

    private sealed class OneWord : IWorkGenerator
    {
        public async IAsyncEnumerable<GeneratedOrder> FindWorkAsync(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield return new GeneratedOrder(new Words.Words(["one"]), new ProposeOptions { UniqueKey = "one" });
        }
    }
}

public sealed class MaintenanceOnSqlite(SqliteFixture databases) : MaintenanceSpecification(databases), IOnSqlite;

public sealed class MaintenanceOnPostgreSql(PostgreSqlFixture databases) : MaintenanceSpecification(databases), IOnPostgreSql;
