using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>Operators take leases away, or let them last longer.</summary>
public abstract class SelectedLeasesSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task A_lease_that_is_revoked_is_over_and_its_item_can_be_claimed_at_no_cost()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").HeartbeatAsync(lease);

        var result = await app.Maintenance.As(Actor.User("olga")).RevokeLeasesAsync(new() { AgentId = "agent-1" }, "It hangs.");

        (result.Leases.Single(), result.HasMore).Should().Be((lease.Token, false));
        await app.RefusesAsync<LeaseLostException>("lease_lost", () => app.Agent("agent-1").SubmitAsync(lease, Steps.Verified));
        var stored = await app.OrderAsync(order.Id);
        var item = stored.Items.Single();
        (stored.State, item.State, item.Attempts, item.Releases, item.LeasedByAgentId).Should().Be(
            (OrderState.Queued, ItemState.Queued, (short)0, (short)0, null));
        var released = stored.Events.Single(e => e.Event == "released");
        (released.ActorId, released.Payload).Should().Be(("olga", """{"previous_agent_id":"agent-1","reason":"It hangs."}"""));
        (await app.LeaseAsync("agent-2")).EarlierFailures.Single().Message.Should().Be("It hangs.");
    }

    [Fact]
    public async Task Leases_are_chosen_by_what_they_have_in_common_and_only_live_ones_are_meant()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeAsync(Batches.Payload(3));
        var echo = await app.ProposeEchoAsync();
        await app.Agent("gone").CheckoutAsync(new() { Ttl = TimeSpan.FromSeconds(32) });
        var silent = await app.LeaseAsync("agent-1");
        app.Time.Advance(TimeSpan.FromSeconds(30));
        var batch = await app.LeaseAsync("agent-2");
        var other = (await app.Agent("agent-2").CheckoutAsync<Echo>())!;
        app.Time.Advance(TimeSpan.FromSeconds(5));

        (await RevocableAsync(new() { All = true })).Should().Equal(silent.Token, batch.Token, other.Token);
        (await RevocableAsync(new() { SilentFor = TimeSpan.FromSeconds(35) })).Should().Equal(silent.Token);
        (await RevocableAsync(new() { AgentId = "agent-2" })).Should().Equal(batch.Token, other.Token);
        (await RevocableAsync(new() { AgentId = "agent-2", Type = "test.echo" })).Should().Equal(other.Token);
        (await RevocableAsync(new() { OrderId = echo.Id })).Should().Equal(other.Token);
        (await RevocableAsync(new() { TenantId = "nobody" })).Should().BeEmpty();
        var first = await app.Maintenance.RevokeLeasesAsync(new() { All = true, Limit = 2 });
        (first.Leases.Count, first.HasMore).Should().Be((2, true));
        (await app.Maintenance.RevokeLeasesAsync(new() { All = true })).Leases.Should().Equal(other.Token);

        async Task<IReadOnlyList<LeaseToken>> RevocableAsync(LeaseSelection selection)
        {
            var rows = await Refusal.ReadAsync(app.Database);
            var result = await app.Maintenance.RevokeLeasesAsync(selection with { DryRun = true });
            (await Refusal.ReadAsync(app.Database)).Should().Equal(rows, "a dry run writes nothing");
            return result.Leases;
        }
    }

    [Fact]
    public async Task A_lease_is_extended_and_counts_on_from_the_next_heartbeat()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        app.Time.Advance(TimeSpan.FromSeconds(100));

        var result = await app.Maintenance.ExtendLeasesAsync(new() { OrderId = lease.OrderId }, TimeSpan.FromMinutes(15));

        result.Leases.Should().Equal(lease.Token);
        foreach (var dry in new[] { true, false })
        {
            var shorter = await app.Maintenance.ExtendLeasesAsync(new() { OrderId = lease.OrderId, DryRun = dry }, TimeSpan.FromMinutes(5));
            (shorter.Leases.Count, shorter.HasMore).Should().Be((0, false), "it lasts longer");
        }

        (await app.OrderAsync(lease.OrderId)).Revision.Should().Be(1, "nothing of the order has changed since its first lease");
        var item = await app.ItemAsync(lease.Item.Id);
        (item.LeaseExpiresAt, item.State).Should().Be((app.Time.GetUtcNow().AddMinutes(15), ItemState.Leased));
        var extended = (await app.OrderAsync(lease.OrderId)).Events.Last();
        (extended.Event, extended.ActorId, extended.Message).Should().Be(("heartbeat", "maintenance", "Lease extended"));
        app.Time.Advance(TimeSpan.FromMinutes(14));
        (await app.Agent("agent-1").HeartbeatAsync(lease)).Should().Be(app.Time.GetUtcNow().AddSeconds(120));
    }

    [Fact]
    public async Task What_is_out_of_range_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        await app.LeaseAsync();
        var maintenance = app.Maintenance;
        LeaseSelection[] bad = [new(), new() { All = true, Limit = 0 }, new() { All = true, Limit = 1001 }, new() { SilentFor = TimeSpan.FromSeconds(-1) }, new() { SilentFor = TimeSpan.MaxValue }, new() { AgentId = "\0" }];
        foreach (var selection in bad)
        {
            await app.RefusesAsync<WorkValidationException>("validation_failed", () => maintenance.RevokeLeasesAsync(selection));
        }

        LeaseSelection all = new() { All = true };
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => maintenance.RevokeLeasesAsync(all, new string('x', 2_001)));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => maintenance.ExtendLeasesAsync(all, TimeSpan.Zero));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => maintenance.ExtendLeasesAsync(all, TimeSpan.FromDays(400)));
        await app.RefusesAsync<ArgumentNullException>(null, () => maintenance.RevokeLeasesAsync(null!));
        await app.RefusesAsync<ArgumentNullException>(null, () => maintenance.ExtendLeasesAsync(null!, TimeSpan.FromMinutes(1)));
        await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => maintenance.As(Actor.Agent("agent-9")).RevokeLeasesAsync(all with { DryRun = true }));
        await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => maintenance.As(Actor.Agent("agent-1")).ExtendLeasesAsync(all, TimeSpan.FromMinutes(1)));
    }
}

public sealed class SelectedLeasesOnSqlite(SqliteFixture databases) : SelectedLeasesSpecification(databases), IOnSqlite;

public sealed class SelectedLeasesOnPostgreSql(PostgreSqlFixture databases) : SelectedLeasesSpecification(databases), IOnPostgreSql;
