using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Previews;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Approvals;

/// <summary>Orders that are approved now and applied by a duty.</summary>
public abstract class DeferredApplySpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] Reasons = [new("no", "No.")];

    [Fact]
    public async Task An_approval_ends_with_the_decision_and_the_duty_applies_it_for_its_approver()
    {
        await using var app = await StartAsync();
        Actor? approver = null;
        var apply = app.Script.Apply;
        app.Script.Apply = (a, db, token) =>
        {
            approver = a.ApprovedBy;
            return apply(a, db, token);
        };
        var order = await app.SubmittedAsync<Recount>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);

        var approved = await app.By(Actor.User("bert").WithRoles("boss")).ApproveAsync(order.Id, preview.ContentHash);

        (approved.State, approved.NextApplyAt).Should().Be((OrderState.Approved, app.Time.GetUtcNow()));
        (await app.WithAsync(db => db.Prices.CountAsync())).Should().Be(0);
        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
        stored.State.Should().Be(OrderState.Approved);
        stored.Decisions.Single(d => d.Decision == "approve").Should().BeEquivalentTo(
            new { ContentHash = preview.ContentHash.ToString(), ExpiresAt = (DateTimeOffset?)null, ConsumedAt = (DateTimeOffset?)null });
        app.Time.Advance(TimeSpan.FromDays(30));

        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        approver.Should().Be(Actor.User("bert").WithRoles("boss"));
        (await app.WithAsync(db => db.Prices.CountAsync())).Should().Be(1);
        stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
        (stored.State, stored.AppliedAt, stored.NextApplyAt).Should().Be((OrderState.Completed, app.Time.GetUtcNow(), null));
        stored.Decisions.Single(d => d.Decision == "approve").ConsumedAt.Should().Be(app.Time.GetUtcNow());
        stored.Events.Where(e => e.ItemId is null).Select(e => (e.Event, e.ActorId)).Should().EndWith(
            [("approved", "bert"), ("applied", "workmanager"), ("completed", "workmanager")]);
    }

    [Fact]
    public async Task An_order_is_deferred_without_a_hash_too()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<Recount>();

        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Approved);

        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
        (await app.WithAsync(db => db.Prices.CountAsync())).Should().Be(1);
    }

    [Fact]
    public async Task What_is_outdated_is_refused_at_once_and_what_becomes_so_later_goes_back_to_its_reviewers()
    {
        await using var app = await StartAsync();
        await app.SeedAsync(new Price { Region = "north", Day = new(2026, 3, 1), Amount = 5 });
        app.Script.Apply = async (_, db, token) => (await db.Prices.SingleAsync(token)).Amount = 7;
        var order = await app.SubmittedAsync<Recount>();
        var first = await app.Reviewer.PreviewAsync(order.Id);
        await app.WithAsync(db => db.Prices.ExecuteUpdateAsync(p => p.SetProperty(x => x.Amount, 6)));
        var approving = () => app.Reviewer.ApproveAsync(order.Id, first.ContentHash);
        await approving.Should().ThrowAsync<StaleReviewException>();
        var second = await app.Reviewer.PreviewAsync(order.Id);
        await app.Reviewer.ApproveAsync(order.Id, second.ContentHash);
        await app.WithAsync(db => db.Prices.ExecuteUpdateAsync(p => p.SetProperty(x => x.Amount, 8)));

        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
        (stored.State, stored.NextApplyAt, stored.SubmittedAt).Should().Be((OrderState.Submitted, null, stored.CreatedAt));
        stored.Decisions.Single(d => d.Decision == "approve").SupersededAt.Should().NotBeNull();
        stored.Events.Where(e => e.ItemId is null).Select(e => e.Event).Should().EndWith(["approved", "review_outdated", "submitted"]);
        (await app.WithAsync(db => db.Prices.SingleAsync())).Amount.Should().Be(8);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
        var third = await app.Reviewer.PreviewAsync(order.Id);
        await app.Reviewer.ApproveAsync(order.Id, third.ContentHash);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
        (await app.WithAsync(db => db.Prices.SingleAsync())).Amount.Should().Be(7);
    }

    [Fact]
    public async Task A_try_that_fails_is_recorded_and_repeated_after_a_pause()
    {
        await using var app = await StartAsync(o => (o.Retry.Backoff, o.Retry.Jitter) = (TimeSpan.FromSeconds(60), TimeSpan.Zero));
        var (fails, apply) = (true, app.Script.Apply);
        app.Script.Apply = (a, db, token) => fails ? throw new InvalidOperationException("broken") : apply(a, db, token);
        var order = await app.SubmittedAsync<Recount>();
        await app.Reviewer.ApproveAsync(order.Id);

        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
        (stored.State, stored.ApplyAttempts, stored.NextApplyAt, stored.ReadError()!.Message).Should().Be(
            (OrderState.Approved, 1, app.Time.GetUtcNow().AddSeconds(60), "broken"));
        stored.Events.Last().Event.Should().Be("failed");
        stored.Decisions.Single().SupersededAt.Should().BeNull();
        fails = false;
        app.Time.Advance(TimeSpan.FromSeconds(59));
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
        (await app.Reviewer.GetAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task What_is_not_ready_waits_and_what_is_held_too()
    {
        await using var app = await StartAsync(o => (o.Retry.Backoff, o.Retry.Jitter) = (TimeSpan.FromSeconds(60), TimeSpan.Zero));
        var order = await app.SubmittedAsync<Recount>();
        await app.Reviewer.ApproveAsync(order.Id);
        app.Script.Ready = review => review.NotReady("Not today.");
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
        var stored = await app.Reviewer.GetAsync(order.Id);
        (stored.State, stored.ReadError()!.Message).Should().Be((OrderState.Approved, "Not today."));
        app.Script.Ready = _ => { };
        await app.Reviewer.HoldAsync(order.Id);
        app.Time.Advance(TimeSpan.FromHours(1));
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
        (await app.WithAsync(db => db.Prices.CountAsync())).Should().Be(0);

        await app.Reviewer.ResumeAsync(order.Id);

        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_is_approved_and_not_applied_yet_can_be_refused(bool isCancelled)
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<Recount>();
        await app.Reviewer.ApproveAsync(order.Id);

        await (isCancelled ? app.Reviewer.CancelAsync(order.Id) : app.Reviewer.RejectAsync(order.Id, Reasons));

        app.Time.Advance(TimeSpan.FromDays(1));
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.Items | OrderParts.Decisions);
        (stored.State, stored.Items.Single().State).Should().Be((OrderState.Rejected, ItemState.Rejected));
        stored.Decisions.Single(d => d.Decision == "approve").SupersededAt.Should().NotBeNull();
        (await app.WithAsync(db => db.Prices.CountAsync())).Should().Be(0);
    }

    [Fact]
    public async Task An_approved_order_is_not_approved_again_nor_previewed()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<Recount>();
        await app.Reviewer.ApproveAsync(order.Id);

        foreach (var call in (Func<Task>[])[() => app.Reviewer.ApproveAsync(order.Id), () => app.Reviewer.PreviewAsync(order.Id)])
        {
            await call.Should().ThrowAsync<IllegalTransitionException>();
        }
    }

    [Fact]
    public async Task Who_was_outdated_does_not_undo_what_somebody_else_has_approved_since()
    {
        await using var app = await StartAsync();
        await app.SeedAsync(new Price { Region = "north", Day = new(2026, 3, 1), Amount = 5 });
        var order = await app.SubmittedAsync<Recount>();
        app.Script.Apply = async (_, db, token) => (await db.Prices.SingleAsync(token)).Amount += 1;
        var outdated = await app.Reviewer.PreviewAsync(order.Id);
        await app.WithAsync(db => db.Prices.ExecuteUpdateAsync(p => p.SetProperty(x => x.Amount, 6)));
        await app.By(Actor.User("anton")).ApproveAsync(order.Id, (await app.Reviewer.PreviewAsync(order.Id)).ContentHash);

        var approving = () => app.Reviewer.ApproveAsync(order.Id, outdated.ContentHash);

        await approving.Should().ThrowAsync<IllegalTransitionException>();
        (await app.Reviewer.GetAsync(order.Id)).State.Should().Be(OrderState.Approved);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Two_people_may_be_needed_for_what_is_applied_later()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<Disposal>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        (await app.Reviewer.ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Submitted);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
        app.Time.Advance(TimeSpan.FromSeconds(1));

        (await app.By(Actor.User("carl")).ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Approved);

        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
        var approvals = (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Where(d => d.Decision == "approve");
        approvals.Select(d => (d.ActorId, d.ConsumedAt is not null)).Should().BeEquivalentTo([("bert", true), ("carl", true)]);
    }

    [Fact]
    public async Task What_waits_without_an_approval_goes_back_to_its_reviewers()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<Recount>();
        await app.Reviewer.ApproveAsync(order.Id);
        await app.WithAsync(db => db.Set<WorkDecision>().ExecuteUpdateAsync(
            d => d.SetProperty(x => x.SupersededAt, app.Time.GetUtcNow())));

        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        (await app.Reviewer.GetAsync(order.Id)).State.Should().Be(OrderState.Submitted);
        (await app.WithAsync(db => db.Prices.CountAsync())).Should().Be(0);
    }

    [Fact]
    public async Task Duties_at_once_apply_each_order_once()
    {
        await using var app = await StartAsync();
        app.Script.Apply = (a, db, _) =>
        {
            // Nothing keeps the database from having two of them.
            db.Add(new Shelf { Name = $"{a.OrderId}" });
            return Task.CompletedTask;
        };
        var orders = new List<WorkOrder>();
        for (var i = 0; i < 5; i++)
        {
            orders.Add(await app.SubmittedAsync<Recount>($"{i}"));
            await app.Reviewer.ApproveAsync(orders[^1].Id);
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => app.Maintenance.ApproveDueAsync())));

        (await app.WithAsync(db => db.Shelves.CountAsync())).Should().Be(5);
        foreach (var order in orders)
        {
            var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.Events);
            (stored.State, stored.ApplyAttempts).Should().Be((OrderState.Completed, 0));
            stored.Events.Count(e => e.Event == "applied").Should().Be(1);
        }
    }

    private Task<StockApp> StartAsync(Action<WorkManagerOptions>? options = null) => StockApp.StartWithPricesAsync(databases, options);
}

/// <summary>On SQLite nobody else writes while an approval does.</summary>
public sealed class ApprovalsBesideAnOutdatedOne(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task Who_was_outdated_does_not_undo_what_somebody_else_approves_before_that_is_recorded()
    {
        var between = new BeforeTransactions();
        await using var app = await StockApp.StartAsync(databases, context: o => o.AddInterceptors(between));
        app.Script.Apply = async (_, db, token) => (await db.Prices.SingleAsync(token)).Amount += 1;
        await app.SeedAsync(new Price { Region = "north", Day = new(2026, 3, 1), Amount = 5 });
        var order = await app.SubmittedAsync<Recount>();
        var outdated = await app.Reviewer.PreviewAsync(order.Id);
        await app.WithAsync(db => db.Prices.ExecuteUpdateAsync(p => p.SetProperty(x => x.Amount, 6)));
        var current = await app.Reviewer.PreviewAsync(order.Id);
        between.After(1, () =>
        {
            using var another = ExecutionContext.SuppressFlow();
            return Task.Run(() => app.By(Actor.User("anton")).ApproveAsync(order.Id, current.ContentHash));
        });

        var approving = () => app.Reviewer.ApproveAsync(order.Id, outdated.ContentHash);

        await approving.Should().ThrowAsync<StaleReviewException>();
        (await app.Reviewer.GetAsync(order.Id)).State.Should().Be(OrderState.Approved);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
    }
}

public sealed class DeferredApplyOnSqlite(SqliteFixture databases) : DeferredApplySpecification(databases), IOnSqlite;

public sealed class DeferredApplyOnPostgreSql(PostgreSqlFixture databases) : DeferredApplySpecification(databases), IOnPostgreSql;
