using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>Who may write to an item: the holder of its live lease, by the token of that lease, and nobody else.</summary>
public abstract class HoldingSpecification(DatabaseFixture databases)
{
    /// <summary>The writes of a holder.</summary>
    private enum Write
    {
        Heartbeat,
        Release,
        Fail,
        Submit,
        SubmitWrong,
    }

    public static TheoryData<ItemState> NotHeld => [.. Enum.GetValues<ItemState>().Except([ItemState.Leased, ItemState.InProgress])];

    [Fact, Trait("Scenario", "S23"), Trait("Bug", "B10")]
    public async Task Another_agent_cannot_use_a_lease()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync("agent-1");

        await RefusedAsync(app, "agent-2", lease, LeaseLostReason.NotHolder);

        await app.Agent("agent-1").SubmitAsync(lease, Steps.Verified);
    }

    [Fact]
    public async Task A_user_is_no_agent_of_the_same_name()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.By(Actor.User("7")).CheckoutAsync();

        foreach (var name in (string[])["7", "user:7"])
        {
            var refusal = await app.RefusesAsync<LeaseLostException>("lease_lost", () => app.Agent(name).HeartbeatAsync(lease!));
            refusal.Reason.Should().Be(LeaseLostReason.NotHolder);
        }

        await app.By(Actor.User("7")).HeartbeatAsync(lease!);
    }

    [Fact, Trait("Scenario", "S24")]
    public async Task A_lease_that_ran_out_is_over_though_nobody_took_it_back()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync("agent-1");
        app.Time.Advance(TimeSpan.FromSeconds(120));

        await RefusedAsync(app, "agent-1", lease, LeaseLostReason.Expired);
    }

    [Fact, Trait("Scenario", "S24"), Trait("Bug", "B41")]
    public async Task A_lease_holds_to_its_last_microsecond()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync("agent-1");
        app.Time.Advance(TimeSpan.FromSeconds(120) - TimeSpan.FromMicroseconds(1));

        await app.Agent("agent-1").SubmitAsync(lease, Steps.Verified);
    }

    [Fact, Trait("Scenario", "S33"), Trait("Bug", "B10")]
    public async Task A_late_write_after_the_item_was_leased_again_leaves_the_new_lease_alone()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var first = await app.LeaseAsync("agent-1");
        var second = await LeaseAgainAsync(app, "agent-2");

        await RefusedAsync(app, "agent-1", first, LeaseLostReason.Superseded);

        await app.Agent("agent-2").SubmitAsync(second, Steps.Verified);
        (await app.ItemAsync(first.Item.Id)).SubmittedById.Should().Be("agent-2");
    }

    [Fact, Trait("Scenario", "S33")]
    public async Task The_token_of_an_earlier_lease_is_no_good_even_to_the_same_agent()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var first = await app.LeaseAsync("agent-1");
        await LeaseAgainAsync(app, "agent-1");

        await RefusedAsync(app, "agent-1", first, LeaseLostReason.Superseded);
    }

    [Theory, MemberData(nameof(NotHeld)), Trait("Scenario", "S27"), Trait("Bug", "B10"), Trait("Bug", "B34")]
    public async Task An_item_that_is_not_held_takes_no_write_by_token(ItemState state)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync("agent-1");
        // The worst case: everything else of the lease is still there and has not run out.
        await app.Database.ExecuteAsync($"UPDATE work_items SET state = '{StateNames.ToName(state)}'");

        await RefusedAsync(app, "agent-1", lease, LeaseLostReason.NotLeased);
    }

    [Theory, Trait("Scenario", "S27"), Trait("Bug", "B34")]
    [InlineData(ItemState.Leased)]
    [InlineData(ItemState.InProgress)]
    [InlineData(ItemState.Submitted)]
    [InlineData(ItemState.Accepted)]
    [InlineData(ItemState.Completed)]
    [InlineData(ItemState.Rejected)]
    [InlineData(ItemState.Failed)]
    [InlineData(ItemState.DeadLettered)]
    public async Task An_item_that_is_not_queued_is_never_handed_out(ItemState state)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        await app.LeaseAsync("agent-1");
        await app.Database.ExecuteAsync($"UPDATE work_items SET state = '{StateNames.ToName(state)}'");
        var before = await Refusal.ReadAsync(app.Database);

        (await app.Agent("agent-2").CheckoutAsync()).Should().BeNull();
        (await app.Agent("agent-2").CheckoutAsync(new() { OrderId = order.Id })).Should().BeNull();

        (await Refusal.ReadAsync(app.Database)).Should().Equal(before);
    }

    [Fact]
    public async Task An_item_that_does_not_exist_is_not_found()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var token = new LeaseToken(Guid.NewGuid(), 1);

        foreach (var write in Enum.GetValues<Write>())
        {
            var refusal = await app.RefusesAsync<WorkNotFoundException>("not_found", () => WriteAsync(app.Agent("agent-1"), token, write));
            (refusal.Entity, refusal.Id).Should().Be(("item", token.ItemId));
        }
    }

    [Fact]
    public async Task A_cancelled_token_stops_every_write()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync("agent-1");

        foreach (var write in Enum.GetValues<Write>())
        {
            await app.RefusesAsync<OperationCanceledException>(null, () => WriteAsync(app.Agent("agent-1"), lease, write, new CancellationToken(true)));
        }
    }

    [Fact]
    public async Task A_token_is_the_same_as_text()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync("agent-1");

        var parsed = LeaseToken.Parse(lease.Token.ToString());

        parsed.Should().Be(lease.Token);
        await app.Agent("agent-1").HeartbeatAsync(parsed);
        LeaseToken.TryParse("nonsense", null, out _).Should().BeFalse();
        LeaseToken.TryParse(new string('*', 32), null, out _).Should().BeFalse();
        LeaseToken.TryParse(null, null, out _).Should().BeFalse();
    }

    private static async Task<WorkLease> LeaseAgainAsync(ShopApp app, string agent)
    {
        app.Time.Advance(TimeSpan.FromSeconds(121));
        await app.Maintenance.ReclaimExpiredAsync();
        app.Time.Advance(TimeSpan.FromMinutes(5));
        return await app.LeaseAsync(agent);
    }

    private static async Task RefusedAsync(ShopApp app, string agent, WorkLease lease, LeaseLostReason reason)
    {
        foreach (var write in Enum.GetValues<Write>())
        {
            var refusal = await app.RefusesAsync<LeaseLostException>("lease_lost", () => WriteAsync(app.Agent(agent), lease, write));
            (refusal.ItemId, refusal.Reason).Should().Be((lease.Item.Id, reason), write.ToString());
        }
    }

    private static Task WriteAsync(IWorkOrderManager agent, LeaseToken lease, Write write, CancellationToken cancellationToken = default) => write switch
    {
        Write.Heartbeat => agent.HeartbeatAsync(lease, cancellationToken),
        Write.Release => agent.ReleaseAsync(lease, cancellationToken),
        Write.Fail => agent.FailAsync(lease, new WorkFailure("broken", "It is."), cancellationToken),
        Write.Submit => agent.SubmitAsync(lease, Steps.Verified, null, cancellationToken),
        // Whether a result is any good is not told to one who may not submit it, and not recorded.
        _ => agent.SubmitAsync(lease, new EchoResult(true, false), null, cancellationToken),
    };
}

public sealed class HoldingOnSqlite(SqliteFixture databases) : HoldingSpecification(databases), IOnSqlite;

public sealed class HoldingOnPostgreSql(PostgreSqlFixture databases) : HoldingSpecification(databases), IOnPostgreSql;
