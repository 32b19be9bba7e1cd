using System.Globalization;
using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>Leases by the database's clock. Time passes here by changing rows.</summary>
public abstract class DatabaseClockSpecification(DatabaseFixture databases)
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(45);

    /// <summary>Whether the database has a clock of its own.</summary>
    protected abstract bool HasClock { get; }

    [Fact]
    public async Task An_application_whose_clock_is_hours_off_decides_no_lease()
    {
        await using var app = await StartAsync();
        await app.Requester.ProposeAsync(new EchoPayload("timely"));
        var agent = app.Agent("agent");
        var lease = (await agent.CheckoutAsync<Echo>())!;
        lease.ExpiresAt.Should().BeCloseTo(await NowAsync(app) + Ttl, Tolerance);

        app.Time.Advance(TimeSpan.FromHours(5));

        // SQLite has no other clock than the application's.
        if (!HasClock)
        {
            (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(1);
            await FluentActions.Awaiting(() => agent.HeartbeatAsync(lease)).Should().ThrowAsync<LeaseLostException>();
            return;
        }

        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(0);
        (await agent.HeartbeatAsync(lease)).Should().BeCloseTo(await NowAsync(app) + Ttl, Tolerance);
        (await agent.SubmitAsync(lease, new EchoResult(true, true))).State.Should().Be(ItemState.Submitted);
    }

    [Fact]
    public async Task What_is_proposed_or_released_joins_the_end_of_the_queue_by_the_clock_that_decides()
    {
        await using var app = await StartAsync();
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        var agent = app.Agent("agent");
        var first = (await agent.CheckoutAsync())!;

        // The process is behind: by its own clock, what it gives back came before everything.
        await using var behind = ShopApp.On(app.Database, null, options => options.Clock = ClockSource.Database);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        behind.Time.SetUtcNow(app.Time.GetUtcNow());
        var released = await behind.Agent("agent").ReleaseAsync(first);
        var proposed = await behind.ProposeEchoAsync();

        var now = await NowAsync(app);
        released.ReadyAt.Should().BeCloseTo(now, Tolerance);
        released.AvailableAt.Should().BeCloseTo(now, Tolerance);
        proposed.Items.Single().ReadyAt.Should().BeCloseTo(now, Tolerance);
        proposed.Items.Single().AvailableAt.Should().BeCloseTo(now, Tolerance);
        (await agent.CheckoutAsync())!.Item.Id.Should().NotBe(first.Item.Id).And.Subject.Should().Be(order.Items.Last().Id);
        (await agent.CheckoutAsync())!.Item.Id.Should().Be(first.Item.Id);
    }

    [Fact]
    public async Task A_lease_that_has_run_out_in_the_database_is_lost()
    {
        await using var app = await StartAsync();
        await app.Requester.ProposeAsync(new EchoPayload("late"));
        var agent = app.Agent("agent");
        var lease = (await agent.CheckoutAsync<Echo>())!;

        await AgeAsync(app, "lease_expires_at");

        (await FluentActions.Awaiting(() => agent.HeartbeatAsync(lease)).Should().ThrowAsync<LeaseLostException>()).Which.Reason
            .Should().Be(LeaseLostReason.Expired);
        (await FluentActions.Awaiting(() => agent.SubmitAsync(lease, new EchoResult(true, true))).Should().ThrowAsync<LeaseLostException>())
            .Which.Reason.Should().Be(LeaseLostReason.Expired);
        (await app.ItemAsync(lease.Item.Id)).Result.Should().BeNull();
    }

    [Fact]
    public async Task An_item_comes_back_after_its_pause_and_not_before()
    {
        await using var app = await StartAsync();
        await app.Requester.ProposeAsync(new EchoPayload("again"));
        var first = (await app.Agent("first").CheckoutAsync<Echo>())!;

        await AgeAsync(app, "lease_expires_at");
        (await app.Agent("second").CheckoutAsync<Echo>()).Should().BeNull("the claim took the lease back, and the item pauses");

        var pausing = await app.ItemAsync(first.Item.Id);
        pausing.State.Should().Be(ItemState.Queued);
        pausing.Attempts.Should().Be(1);
        pausing.ReadyAt.Should().BeNull();
        // 60 s, and up to 20 s of jitter.
        pausing.AvailableAt.Should().BeCloseTo(await NowAsync(app) + TimeSpan.FromSeconds(70), Tolerance);

        await AgeAsync(app, "available_at");
        var second = (await app.Agent("second").CheckoutAsync<Echo>())!;
        second.Token.Should().Be(new LeaseToken(first.Item.Id, 2));
        second.ExpiresAt.Should().BeCloseTo(await NowAsync(app) + Ttl, Tolerance);
    }

    /// <summary>The time that the database goes by.</summary>
    private protected abstract Task<DateTimeOffset> NowAsync(ShopApp app);

    /// <summary>Sets a time of every item to a second ago.</summary>
    private protected abstract Task AgeAsync(ShopApp app, string column);

    private Task<ShopApp> StartAsync() => ShopApp.StartAsync(databases, null, options => options.Clock = ClockSource.Database);
}

public sealed class DatabaseClockOnSqlite(SqliteFixture databases) : DatabaseClockSpecification(databases), IOnSqlite
{
    protected override bool HasClock => false;

    private protected override Task<DateTimeOffset> NowAsync(ShopApp app) => Task.FromResult(app.Time.GetUtcNow());

    private protected override Task AgeAsync(ShopApp app, string column) => app.Database.ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture, $"UPDATE work_items SET {column} = '{app.Time.GetUtcNow().AddSeconds(-1):yyyy-MM-dd HH:mm:ss}'"));
}

public sealed class DatabaseClockOnPostgreSql(PostgreSqlFixture databases) : DatabaseClockSpecification(databases), IOnPostgreSql
{
    protected override bool HasClock => true;

    private protected override async Task<DateTimeOffset> NowAsync(ShopApp app) => new((DateTime)(await app.Database.ScalarAsync("SELECT clock_timestamp()"))!);

    private protected override Task AgeAsync(ShopApp app, string column) =>
        app.Database.ExecuteAsync($"UPDATE work_items SET {column} = clock_timestamp() - interval '1 second'");
}
