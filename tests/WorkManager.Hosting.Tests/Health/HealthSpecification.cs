using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using WorkManager.Hosting.Tests.Words;

namespace WorkManager.Hosting.Tests.Health;

/// <summary>What the health checks say, and why.</summary>
public abstract class HealthSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task All_is_well_when_work_goes_on()
    {
        await using var app = await StartAsync();

        (await CheckAsync(app, "ready")).Status.Should().Be(HealthStatus.Healthy);
        (await CheckAsync(app, "live")).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task An_item_that_nobody_takes_is_told()
    {
        await using var app = await CreateAsync();
        await app.ProposeAsync("one");
        app.Time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        (await CheckAsync(app, "ready")).Status.Should().Be(HealthStatus.Healthy);

        app.Time.Advance(TimeSpan.FromSeconds(2));

        var late = await CheckAsync(app, "ready");
        late.Status.Should().Be(HealthStatus.Degraded);
        late.Description.Should().Contain("words.uppercase");
    }

    [Fact]
    public async Task A_lease_that_has_run_out_and_that_nobody_takes_back_is_told()
    {
        await using var app = await CreateAsync();
        await app.ProposeAsync("one");
        await app.By(Actor.Agent("dead")).CheckoutAsync();

        app.Time.Advance(WordsApp.LeaseTime + TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));

        var late = await CheckAsync(app, "ready");
        late.Status.Should().Be(HealthStatus.Degraded);
        late.Description.Should().Contain("ran out");
    }

    [Fact]
    public async Task Missing_tables_are_told_with_the_command_to_run()
    {
        await using var app = await CreateAsync(DatabaseTemplate.Empty);

        var unready = await CheckAsync(app, "ready");

        unready.Status.Should().Be(HealthStatus.Unhealthy);
        unready.Description.Should().Contain("dotnet ef database update");
    }

    [Fact]
    public async Task A_worker_that_cannot_ask_for_work_makes_the_host_unready_until_it_can_again()
    {
        await using var app = await StartAsync();
        await app.Database.ExecuteAsync("ALTER TABLE work_items RENAME TO gone");

        await app.EventuallyAsync(() => app.Workers.Workers[0].Failures >= 3, TimeSpan.FromSeconds(1));
        var unready = await CheckAsync(app, "ready");
        var live = await CheckAsync(app, "live");
        await app.Database.ExecuteAsync("ALTER TABLE gone RENAME TO work_items");
        await app.EventuallyAsync(() => app.Log.Names.Contains("WorkerIsBack"), TimeSpan.FromSeconds(1));

        unready.Status.Should().Be(HealthStatus.Unhealthy);
        live.Status.Should().Be(HealthStatus.Healthy, "a restart would not bring the database back");
        (await CheckAsync(app, "ready")).Status.Should().Be(HealthStatus.Healthy);
        app.Log.Names.Count(n => n == "WorkerCannotClaim").Should().Be(1, "one line for each change, and not for each try");
        var order = await app.ProposeAsync("one");
        await app.EventuallyAsync(async () => (await app.OrderAsync(order.Id)).State == OrderState.Submitted);
    }

    [Fact]
    public async Task A_handler_that_does_not_stop_makes_the_host_degraded_until_it_ends()
    {
        await using var app = await StartAsync(worker => worker.Timeout = TimeSpan.FromSeconds(5));
        var go = new TaskCompletionSource();
        app.Script.Handle = async (work, _) =>
        {
            await go.Task;
            return await Script.Shout(work);
        };
        await app.ProposeAsync("one");
        await app.EventuallyAsync(() => app.Leases.StuckCount == 1, TimeSpan.FromSeconds(1));

        (await CheckAsync(app, "live")).Status.Should().Be(HealthStatus.Degraded);
        go.SetResult();
        await app.EventuallyAsync(() => app.Leases.StuckCount == 0);

        (await CheckAsync(app, "live")).Status.Should().Be(HealthStatus.Healthy);
    }

    private Task<WordsApp> CreateAsync(DatabaseTemplate? template = null) =>
        WordsApp.CreateAsync(databases, null, host => host.Services.AddHealthChecks().AddWorkManager(), template);

    private Task<WordsApp> StartAsync(Action<WorkerOptions>? worker = null) =>
        WordsApp.StartAsync(databases, worker, host => host.Services.AddHealthChecks().AddWorkManager());

    private static async Task<HealthReportEntry> CheckAsync(WordsApp app, string tag) =>
        (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains(tag))).Entries.Values.Single();
}

public sealed class HealthOnSqlite(SqliteFixture databases) : HealthSpecification(databases), IOnSqlite;

public sealed class HealthOnPostgreSql(PostgreSqlFixture databases) : HealthSpecification(databases), IOnPostgreSql;
