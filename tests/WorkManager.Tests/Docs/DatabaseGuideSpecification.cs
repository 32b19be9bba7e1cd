using AwesomeAssertions;
using Catalog.Guides;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Docs;

/// <summary>The queries of <c>docs/guides/database.md</c>, as they are printed there.</summary>
public abstract class DatabaseGuideSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Its_queries_find_what_they_say()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var done = await app.SubmittedEchoAsync("done");
        await app.Reviewer.ApproveAsync(done.Id);
        var held = await app.ProposeEchoAsync("held");
        var lease = await app.LeaseAsync("holder", held.Id);
        var low = await app.ProposeEchoAsync("low", priority: 1);
        var high = await app.ProposeEchoAsync("high", priority: 9);

        (await app.ReadAsync(Queries.FindQueuedAsync)).Select(o => o.Id).Should().Equal(high.Id, low.Id);
        (await app.ReadAsync(Queries.FindAvailableAsync))!.OrderId.Should().Be(high.Id);
        var found = (await app.ReadAsync(db => Queries.FindWithItemsAsync(db, done.Id)))!;
        found.Items.Should().ContainSingle();
        found.Events.Select(e => e.Event).Should().StartWith("proposed").And.EndWith("completed");
        (await app.ReadAsync(db => Queries.ReadTrailAsync(db, done.Id)))
            .Should().HaveSameCount(found.Events).And.Contain(l => l.EndsWith("User bert: approved"));
        (await app.ReadAsync(Queries.CountByStateAsync)).Should().BeEquivalentTo(
            new Dictionary<OrderState, int> { [OrderState.Completed] = 1, [OrderState.CheckedOut] = 1, [OrderState.Queued] = 2 });
        var work = (await app.ReadAsync(db => Queries.FindWorkOfAsync(db, "holder"))).Should().ContainSingle().Which;
        work.Id.Should().Be(lease.Token.ItemId);
        work.Order!.Id.Should().Be(held.Id);
        (await app.ReadAsync(db => Queries.FindStaleAsync(db, app.Time))).Should().BeEmpty();
        app.Time.Advance(TimeSpan.FromHours(1));
        (await app.ReadAsync(db => Queries.FindStaleAsync(db, app.Time))).Select(i => i.Id).Should().Equal(lease.Token.ItemId);
    }
}

public sealed class DatabaseGuideOnSqlite(SqliteFixture databases) : DatabaseGuideSpecification(databases), IOnSqlite;

public sealed class DatabaseGuideOnPostgreSql(PostgreSqlFixture databases) : DatabaseGuideSpecification(databases), IOnPostgreSql;
