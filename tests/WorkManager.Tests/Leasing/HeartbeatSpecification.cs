using System.Text.Json.Nodes;
using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

public abstract class HeartbeatSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Scenario", "S26")]
    public async Task A_beat_extends_the_lease_from_now()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        app.Time.Advance(TimeSpan.FromSeconds(30));

        var expires = await app.Agent("agent-1").HeartbeatAsync(lease);

        expires.Should().Be(app.Time.GetUtcNow().AddSeconds(120));
        var item = await app.ItemAsync(lease.Item.Id);
        (item.LeaseExpiresAt, item.LastHeartbeatAt, item.LeasedAt).Should().Be((expires, app.Time.GetUtcNow(), app.Time.GetUtcNow().AddSeconds(-30)));
    }

    [Fact, Trait("Scenario", "S26")]
    public async Task Beats_keep_a_lease_alive_for_longer_than_its_time()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        for (var i = 0; i < 5; i++)
        {
            app.Time.Advance(TimeSpan.FromSeconds(100));
            await app.Agent("agent-1").HeartbeatAsync(lease);
            (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(0);
        }

        await app.Agent("agent-1").SubmitAsync(lease, Steps.Verified);
    }

    [Fact]
    public async Task The_first_beat_says_that_work_has_begun_and_later_ones_say_nothing()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        await app.Agent("agent-1").HeartbeatAsync(lease);
        await app.Agent("agent-1").HeartbeatAsync(lease);

        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.Items.Single().State).Should().Be((OrderState.InProgress, ItemState.InProgress));
        stored.Events.Skip(4).Select(e => (e.Event, e.ActorId, e.ItemId is null))
            .Should().Equal(("in_progress", "agent-1", false), ("in_progress", "agent-1", true));
    }

    [Fact]
    public async Task Each_beat_is_recorded_where_the_host_wants_it()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Lease.RecordHeartbeats = true);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").HeartbeatAsync(lease);
        app.Time.Advance(TimeSpan.FromSeconds(1));

        var expires = await app.Agent("agent-1").HeartbeatAsync(lease);

        var beat = (await app.OrderAsync(order.Id)).Events.Last();
        (beat.Event, beat.ActorId, beat.ItemId).Should().Be(("heartbeat", "agent-1", lease.Item.Id));
        JsonNode.Parse(beat.Payload!)!["lease_expires_at"]!.GetValue<DateTimeOffset>().Should().Be(expires);
    }

    [Fact]
    public async Task A_beat_may_say_how_far_the_work_has_come()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        var agent = app.Agent("agent-1");
        (await app.ItemAsync(lease.Item.Id)).Progress.Should().BeNull();

        foreach (var progress in (int[])[0, 100, 40])
        {
            app.Time.Advance(TimeSpan.FromSeconds(10));
            (await agent.ReportProgressAsync(lease, progress)).Should().Be(app.Time.GetUtcNow().AddSeconds(120));
            (await app.ItemAsync(lease.Item.Id)).Progress.Should().Be((short)progress);
        }

        await agent.HeartbeatAsync(lease);
        (await app.ItemAsync(lease.Item.Id)).Progress.Should().Be(40, "a beat that says nothing leaves it");
        var before = await app.ItemAsync(lease.Item.Id);
        app.Time.Advance(TimeSpan.FromSeconds(10));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => agent.ReportProgressAsync(lease, -1));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => agent.ReportProgressAsync(lease, 101));
        (await app.ItemAsync(lease.Item.Id)).LeaseExpiresAt.Should().Be(before.LeaseExpiresAt);
    }

    [Theory, InlineData("submit"), InlineData("release"), InlineData("fail"), InlineData("expire"), InlineData("revoke"), InlineData("cancel")]
    public async Task Progress_ends_with_the_lease(string way)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        var agent = app.Agent("agent-1");
        await agent.ReportProgressAsync(lease, 70);

        await (way switch
        {
            "submit" => agent.SubmitAsync(lease, Steps.Verified),
            "release" => agent.ReleaseAsync(lease),
            "fail" => agent.FailAsync(lease, new WorkFailure("busy", "Later.")),
            "revoke" => app.Maintenance.RevokeLeasesAsync(new() { All = true }),
            "cancel" => app.Requester.CancelAsync(order.Id),
            _ => ExpireAsync(),
        });

        (await app.ItemAsync(lease.Item.Id)).Progress.Should().BeNull();

        Task ExpireAsync()
        {
            app.Time.Advance(TimeSpan.FromSeconds(121));
            return app.Maintenance.ReclaimExpiredAsync();
        }
    }

    [Fact]
    public async Task Many_beats_say_how_far_each_has_come()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeAsync(Batches.Payload(3));
        var leases = (await app.Agent("agent-1").CheckoutManyAsync(3)).Select(l => l.Token).ToList();

        var outcomes = await app.Agent("agent-1").ReportProgressManyAsync([new(leases[0], 5), new(leases[1], 101), new(leases[2], 1), new(leases[2], 9)]);

        outcomes.Select(o => o.Error?.Code).Should().Equal(null, "validation_failed", null, null);
        (await app.ItemAsync(leases[0].ItemId)).Progress.Should().Be(5);
        (await app.ItemAsync(leases[1].ItemId)).State.Should().Be(ItemState.Leased);
        (await app.ItemAsync(leases[2].ItemId)).Progress.Should().Be(9);
    }

    [Fact]
    public async Task A_batch_may_name_an_earlier_lease_of_the_same_item()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var agent = app.Agent("agent-1");
        var earlier = await app.LeaseAsync();
        await agent.ReleaseAsync(earlier);
        var live = await app.LeaseAsync();

        var outcomes = await agent.ReportProgressManyAsync([new(earlier, 10), new(live, 20), new(earlier, 30)]);

        outcomes.Select(o => o.Error?.Code).Should().Equal("lease_lost", null, "lease_lost");
        (await app.ItemAsync(live.Item.Id)).Progress.Should().Be(20);
        (await agent.HeartbeatManyAsync([live, earlier])).Select(o => o.Error?.Code).Should().Equal(null, "lease_lost");
    }

    [Fact, Trait("Bug", "B42")]
    public async Task The_time_that_counts_is_the_provided_one_and_not_the_machines()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").HeartbeatAsync(lease);

        var stored = await app.OrderAsync(order.Id);
        stored.Events.Should().AllSatisfy(e => e.CreatedAt.Should().Be(app.Time.GetUtcNow()));
        stored.Items.Single().UpdatedAt.Should().Be(app.Time.GetUtcNow());
    }

    [Fact, Trait("Bug", "B42")]
    public async Task The_databases_clock_decides_leases_where_it_has_one()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Clock = ClockSource.Database);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        // The application's clock goes wrong by a day.
        app.Time.Advance(TimeSpan.FromDays(1));

        var beat = () => app.Agent("agent-1").HeartbeatAsync(lease);
        if (app.Database.Provider == Provider.Sqlite)
        {
            (await beat.Should().ThrowAsync<LeaseLostException>()).Which.Reason.Should().Be(LeaseLostReason.Expired);
            return;
        }

        await beat.Should().NotThrowAsync();
        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(0);
        await app.Database.ExecuteAsync("UPDATE work_items SET lease_expires_at = clock_timestamp() - interval '1 second'");
        (await beat.Should().ThrowAsync<LeaseLostException>()).Which.Reason.Should().Be(LeaseLostReason.Expired);
        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(1);
    }
}

public sealed class HeartbeatOnSqlite(SqliteFixture databases) : HeartbeatSpecification(databases), IOnSqlite;

public sealed class HeartbeatOnPostgreSql(PostgreSqlFixture databases) : HeartbeatSpecification(databases), IOnPostgreSql;
