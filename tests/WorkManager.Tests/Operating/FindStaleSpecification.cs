using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>Somebody is told of orders that have been open for too long.</summary>
public abstract class FindStaleSpecification(DatabaseFixture databases)
{
    [Theory, Trait("Scenario", "S40"), InlineData(true), InlineData(false)]
    public async Task Exactly_the_open_orders_that_are_too_old_are_found_and_one_warning_is_logged_if_that_is_wanted(bool warns)
    {
        using var sink = new LogSink();
        await using var app = await ShopApp.StartAsync(
            databases, b => b.Services.AddLogging(l => l.AddProvider(sink)), o => o.Maintenance.WarnOfStale = warns);
        var dead = await RetryOrderSpecification.FailedAsync(app);
        await app.Reviewer.DeadLetterAsync(dead);
        var completed = await app.SubmittedEchoAsync();
        await app.Reviewer.ApproveAsync(completed.Id);
        var rejected = await app.ProposeEchoAsync();
        await app.Requester.CancelAsync(rejected.Id);
        app.Time.Advance(TimeSpan.FromDays(8));
        var old = await app.ProposeEchoAsync();
        var failed = await RetryOrderSpecification.FailedAsync(app);
        app.Time.Advance(TimeSpan.FromHours(36));
        await app.ProposeEchoAsync();
        app.Time.Advance(TimeSpan.FromHours(12));
        var rows = await Refusal.ReadAsync(app.Database);

        var stale = await app.Maintenance.FindStaleAsync();

        stale.Count.Should().Be(2);
        stale.OrderIds.Should().Equal(old.Id, failed);
        sink.Entries.Where(e => e.Event == "StaleOrdersFound").Should().HaveCount(warns ? 1 : 0)
            .And.OnlyContain(e => e.Level == LogLevel.Warning && e.Text.Contains("2 orders", StringComparison.Ordinal) && e.Text.Contains($"{old.Id}", StringComparison.Ordinal));
        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
    }

    [Fact]
    public async Task All_are_counted_and_the_oldest_hundred_named()
    {
        using var sink = new LogSink();
        await using var app = await ShopApp.StartAsync(
            databases, b => b.Services.AddLogging(l => l.AddProvider(sink)), o => o.Maintenance.StaleAfter = TimeSpan.FromHours(1));
        (await app.Maintenance.FindStaleAsync()).Count.Should().Be(0);
        await app.Requester.ProposeManyAsync([.. Enumerable.Range(0, 101).Select(i => new Proposal<EchoPayload>(new EchoPayload($"{i}")))]);
        app.Time.Advance(TimeSpan.FromHours(1));

        var stale = await app.Maintenance.FindStaleAsync();

        (stale.Count, stale.OrderIds.Count).Should().Be((101, 100));
        sink.Entries.Count(e => e.Event == "StaleOrdersFound").Should().Be(1);
    }
}

public sealed class FindStaleOnSqlite(SqliteFixture databases) : FindStaleSpecification(databases), IOnSqlite;

public sealed class FindStaleOnPostgreSql(PostgreSqlFixture databases) : FindStaleSpecification(databases), IOnPostgreSql;
