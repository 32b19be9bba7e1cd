using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>Without any schedule, what is due and what a dead agent held comes back: while other work is ready, too, and whatever lies before it.</summary>
public abstract class RecoverySpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task An_expired_lease_comes_back_although_other_work_is_always_ready()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var lost = await app.ProposeEchoAsync();
        (await app.Agent("dead").CheckoutAsync())!.OrderId.Should().Be(lost.Id);
        app.Time.Advance(TimeSpan.FromSeconds(120));
        var backoff = new RetryOptions().Backoff + new RetryOptions().Jitter;

        var waited = TimeSpan.Zero;
        for (; await LeaseOneAsync(app) != lost.Id; waited += TimeSpan.FromSeconds(1))
        {
            waited.Should().BeLessThan(TimeSpan.FromMinutes(5));
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        // Five seconds until somebody looks, the backoff, five seconds until somebody looks again, and the call in between.
        waited.Should().BeLessThanOrEqualTo(backoff + TimeSpan.FromSeconds(12));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_checkout_finds_what_is_due_by_its_filter_behind_whatever_else_is_due_and_leaves_that(bool ofType, bool ofOrder)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeAsync(Batches.Payload(1_100));
        var echo = await app.ProposeEchoAsync();
        await app.Database.ExecuteAsync("UPDATE work_items SET ready_at = NULL, available_at = '2026-01-01' WHERE order_type = 'test.batch'");
        await app.Database.ExecuteAsync("UPDATE work_items SET ready_at = NULL, available_at = '2026-02-01' WHERE order_type = 'test.echo'");

        var lease = await app.Agent("a").CheckoutAsync(new CheckoutRequest { Type = ofType ? "test.echo" : null, OrderId = ofOrder ? echo.Id : null });

        lease!.OrderId.Should().Be(echo.Id);
        (await app.ReadAsync(db => db.Set<WorkItem>().CountAsync(i => i.ReadyAt != null))).Should().Be(0);
    }

    [Fact]
    public async Task A_checkout_of_an_order_finds_its_expired_lease_behind_those_of_others()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => (o.Retry.Backoff, o.Retry.Jitter) = (TimeSpan.Zero, TimeSpan.Zero));
        await app.Requester.ProposeAsync(Batches.Payload(150));
        await app.Agent("dead").CheckoutManyAsync(150);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var echo = await app.ProposeEchoAsync();
        await app.Agent("dead").CheckoutAsync();
        app.Time.Advance(TimeSpan.FromSeconds(121));

        (await app.Agent("a").CheckoutAsync(new CheckoutRequest { OrderId = echo.Id }))!.OrderId.Should().Be(echo.Id);
    }

    private static async Task<Guid> LeaseOneAsync(ShopApp app)
    {
        var more = await app.Requester.ProposeAsync(new EchoPayload("more"));
        var lease = await app.Agent("busy").CheckoutAsync();
        lease.Should().NotBeNull("{0} is ready", more.Id);
        return lease.OrderId;
    }
}

public sealed class RecoveryOnSqlite(SqliteFixture databases) : RecoverySpecification(databases), IOnSqlite;

public sealed class RecoveryOnPostgreSql(PostgreSqlFixture databases) : RecoverySpecification(databases), IOnPostgreSql;
