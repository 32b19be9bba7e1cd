using System.Text.Json;
using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>A holder says that it could not do the work.</summary>
public abstract class FailItemSpecification(DatabaseFixture databases)
{
    private static readonly WorkFailure Busy = new("upstream_busy", "The other side did not answer.");

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_failed_attempt_is_counted_and_the_item_comes_back_after_the_backoff(bool workHadBegun)
    {
        await using var app = await StartAsync(o => o.Retry.DefaultMaxAttempts = 4);
        var order = await app.ProposeEchoAsync();
        foreach (var (attempt, pause) in new[] { (1, 60), (2, 120), (3, 240) })
        {
            var lease = await app.LeaseAsync();
            if (workHadBegun)
            {
                await app.Agent("agent-1").HeartbeatAsync(lease);
            }

            var failed = await app.Agent("agent-1").FailAsync(lease, Busy);

            (failed.State, failed.Attempts, failed.ReadyAt).Should().Be((ItemState.Queued, (short)attempt, null));
            failed.AvailableAt.Should().Be(app.Time.GetUtcNow().AddSeconds(pause));
            failed.Should().BeEquivalentTo(await app.ItemAsync(lease.Item.Id), "the answer is the stored item");
            (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Queued);
            app.Time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMicroseconds(1));
            (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
            app.Time.Advance(TimeSpan.FromMicroseconds(1));
        }
    }

    [Fact]
    public async Task The_last_attempt_fails_the_item_and_the_order_when_nothing_else_is_open()
    {
        await using var app = await StartAsync();
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        var other = await app.LeaseAsync("agent-2");
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), Busy with { RetryAfter = TimeSpan.Zero });
        }

        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.ItemsOpen, stored.ItemsFailed).Should().Be((OrderState.CheckedOut, 1, 1));
        var item = stored.Items.Single(i => i.State == ItemState.Failed);
        (item.Attempts, item.ReadError()).Should().Be(((short)2, Busy));

        await app.Agent("agent-2").FailAsync(other, Busy with { Retryable = false });

        stored = await app.OrderAsync(order.Id);
        (stored.State, stored.ItemsOpen, stored.ItemsFailed).Should().Be((OrderState.Failed, 0, 2));
        stored.Events.TakeLast(3).Select(e => (e.Event, e.ActorId, e.ItemId is null))
            .Should().Equal(("attempt_failed", "agent-2", false), ("failed", "workmanager", false), ("failed", "workmanager", true));
    }

    [Fact]
    public async Task A_final_failure_leaves_no_attempt()
    {
        await using var app = await StartAsync(o => o.Retry.DefaultMaxAttempts = 10);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        var failed = await app.Agent("agent-1").FailAsync(lease, Busy with { Retryable = false });

        (failed.State, failed.Attempts).Should().Be((ItemState.Failed, (short)1));
        failed.ReadError().Should().Be(Busy with { Retryable = false });
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Failed);
        app.Time.Advance(TimeSpan.FromDays(100));
        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
    }

    [Theory, InlineData(0), InlineData(7)]
    public async Task The_holder_may_say_when_to_try_again(int seconds)
    {
        await using var app = await StartAsync();
        await app.ProposeEchoAsync();

        var failed = await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), Busy with { RetryAfter = TimeSpan.FromSeconds(seconds) });

        failed.AvailableAt.Should().Be(app.Time.GetUtcNow().AddSeconds(seconds));
        failed.ReadyAt.Should().Be(seconds == 0 ? app.Time.GetUtcNow() : null);
    }

    [Fact]
    public async Task The_next_holder_sees_what_came_of_the_leases_before()
    {
        await using var app = await StartAsync(o => o.Retry.DefaultMaxAttempts = 5);
        await app.ProposeEchoAsync();
        var details = JsonSerializer.SerializeToElement(new { status = 503 });
        var first = await app.LeaseAsync();
        first.EarlierFailures.Should().BeEmpty();
        await app.Agent("agent-1").FailAsync(first, Busy with { Details = details, RetryAfter = TimeSpan.Zero });
        await app.Agent("agent-1").ReleaseAsync(await app.LeaseAsync(), new ReleaseOptions { Reason = "not mine" });
        await app.Agent("agent-1").ReleaseAsync(await app.LeaseAsync());
        await app.LeaseAsync();
        app.Time.Advance(TimeSpan.FromMinutes(10));
        await app.Maintenance.ReclaimExpiredAsync();
        app.Time.Advance(TimeSpan.FromMinutes(10));

        var next = await app.LeaseAsync("agent-2");

        next.EarlierFailures.Select(f => (f.Code, f.Message)).Should().Equal(
            (Busy.Code, Busy.Message), ("released", "not mine"), ("lease_expired", "Lease expired"));
        next.EarlierFailures[0].Details!.Value.GetProperty("status").GetInt32().Should().Be(503);
    }

    [Fact]
    public async Task What_was_erased_from_the_trail_is_not_missed()
    {
        await using var app = await StartAsync();
        await app.ProposeEchoAsync();
        await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), Busy with { RetryAfter = TimeSpan.Zero });
        await app.Database.ExecuteAsync("UPDATE work_events SET payload = NULL");

        (await app.LeaseAsync()).EarlierFailures.Single().Code.Should().Be("attempt_failed");
    }

    [Fact]
    public async Task A_result_takes_the_error_away()
    {
        await using var app = await StartAsync();
        await app.ProposeEchoAsync();
        await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), Busy with { RetryAfter = TimeSpan.Zero });

        var submitted = await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Steps.Verified);

        (submitted.ReadError(), submitted.Attempts).Should().Be((null, (short)1));
    }

    [Fact]
    public async Task In_a_batch_only_its_own_item_is_refused()
    {
        await using var app = await StartAsync();
        await app.Requester.ProposeAsync(Batches.Payload(4));
        var leases = await app.Agent("agent-1").CheckoutManyAsync(4);

        var outcomes = await app.Agent("agent-1").FailManyAsync(
        [
            new(leases[0], Busy), new(leases[1], Busy with { Code = " " }), null!, new(leases[2], null!), new(leases[3], Busy with { Retryable = false }),
            new(leases[3], Busy),
        ]);

        outcomes.Select(o => o.Error?.Code).Should().Equal(null, "validation_failed", "validation_failed", "validation_failed", null, "lease_lost");
        (await app.OrderAsync(leases[0].OrderId)).Items.Select(i => i.State)
            .Should().Equal(ItemState.Queued, ItemState.Leased, ItemState.Leased, ItemState.Failed);
    }

    [Fact]
    public async Task An_item_of_a_batch_that_fails_for_good_keeps_the_others_from_nothing()
    {
        await using var app = await StartAsync();
        await app.Requester.ProposeAsync(Batches.Payload(3));
        var leases = await app.Agent("agent-1").CheckoutManyAsync(3);
        await app.Agent("agent-1").FailAsync(leases[1], Busy with { RetryAfter = TimeSpan.Zero });
        var again = await app.LeaseAsync();
        again.Item.Id.Should().Be(leases[1].Item.Id);

        var outcomes = await app.Agent("agent-1").FailManyAsync([new(leases[0], Busy), new(again, Busy), new(leases[1], Busy), new(leases[2], Busy)]);

        outcomes.Select(o => o.Error?.Code).Should().Equal(null, null, "lease_lost", null);
        var items = (await app.OrderAsync(again.OrderId)).Items;
        items.Select(i => (i.Id, i.Revision)).Should().BeEquivalentTo(outcomes.Where(o => o.Succeeded).Select(o => (o.Value.Id, o.Value.Revision)));
        items.Select(i => (i.State, i.Attempts)).Should().Equal((ItemState.Queued, 1), (ItemState.Failed, 2), (ItemState.Queued, 1));
    }

    [Fact]
    public async Task What_cannot_be_stored_is_refused()
    {
        await using var app = await StartAsync();
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        var disposed = JsonDocument.Parse("{}");
        disposed.Dispose();
        JsonElement Deep(int levels) => JsonDocument.Parse(new string('[', levels) + new string(']', levels), new() { MaxDepth = 100 }).RootElement;

        foreach (var failure in new[]
        {
            Busy with { Code = "" }, Busy with { Code = null! }, Busy with { Code = new string('c', 101) }, Busy with { Code = "a\0" },
            Busy with { Message = "\t" }, Busy with { Message = null! }, Busy with { Message = new string('m', 10_001) }, Busy with { Message = "\ud800" },
            Busy with { RetryAfter = TimeSpan.FromTicks(-1) }, Busy with { RetryAfter = TimeSpan.FromDays(31) },
            Busy with { Details = JsonSerializer.SerializeToElement("a\0") }, Busy with { Details = disposed.RootElement },
        })
        {
            await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Agent("agent-1").FailAsync(lease, failure));
        }

        foreach (var details in new[] { Deep(61), Deep(64), Deep(65), JsonSerializer.SerializeToElement(new string('d', 64 * 1024)) })
        {
            await app.RefusesAsync<WorkLimitException>("payload_too_large", () => app.Agent("agent-1").FailAsync(lease, Busy with { Details = details }));
        }

        await app.RefusesAsync<ArgumentNullException>(null, () => app.Agent("agent-1").FailAsync(lease, null!));
        await app.Agent("agent-1").FailAsync(lease, Busy with { Code = new string('c', 100), Message = new string('m', 10_000), Details = default(JsonElement) });
        app.Time.Advance(TimeSpan.FromHours(1));
        await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), Busy with { Details = Deep(60), RetryAfter = TimeSpan.FromTicks(7) });
    }

    private Task<ShopApp> StartAsync(Action<WorkManagerOptions>? options = null) => ShopApp.StartAsync(databases, null, o =>
    {
        o.Retry.Jitter = TimeSpan.Zero;
        options?.Invoke(o);
    });
}

public sealed class FailItemOnSqlite(SqliteFixture databases) : FailItemSpecification(databases), IOnSqlite;

public sealed class FailItemOnPostgreSql(PostgreSqlFixture databases) : FailItemSpecification(databases), IOnPostgreSql;
