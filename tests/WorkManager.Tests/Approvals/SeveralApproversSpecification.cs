using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Previews;

namespace WorkManager.Tests.Approvals;

/// <summary>Orders that more than one person has to approve.</summary>
public abstract class SeveralApproversSpecification(DatabaseFixture databases)
{
    private static readonly Actor Bea = Actor.User("bea").WithRoles("buyer");
    private static readonly Actor Carl = Actor.User("carl").WithRoles("buyer", "boss");

    [Fact]
    public async Task The_second_of_two_approvals_applies_the_order()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<WriteOff>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        preview.MissingApprovals.Should().Be(2);

        var first = await app.By(Bea).ApproveAsync(order.Id, preview.ContentHash);

        (first.State, first.Items.Should().ContainSingle().Subject.State).Should().Be((OrderState.Submitted, ItemState.Submitted));
        (await app.WithAsync(db => db.Prices.CountAsync())).Should().Be(0);
        (await app.Reviewer.PreviewAsync(order.Id)).MissingApprovals.Should().Be(1);
        var second = await app.By(Carl).ApproveAsync(order.Id, preview.ContentHash);
        second.State.Should().Be(OrderState.Completed);
        (await app.WithAsync(db => db.Prices.CountAsync())).Should().Be(1);

        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
        stored.Decisions.Where(d => d.Decision == "approve").Should().BeEquivalentTo(
            [
                new
                {
                    ActorId = "bea", Roles = """["buyer"]""", ContentHash = preview.ContentHash.ToString(),
                    ExpiresAt = (DateTimeOffset?)app.Time.GetUtcNow().AddDays(7), ConsumedAt = (DateTimeOffset?)app.Time.GetUtcNow(),
                },
                new
                {
                    ActorId = "carl", Roles = """["boss","buyer"]""", ContentHash = preview.ContentHash.ToString(),
                    ExpiresAt = (DateTimeOffset?)null, ConsumedAt = (DateTimeOffset?)app.Time.GetUtcNow(),
                },
            ]);
        stored.Events.Where(e => e.Event is "approval_given" or "approved").Select(e => (e.Event, e.ActorId, e.Message)).Should().Equal(
            ("approval_given", "bea", "Approved by 1 of 2"), ("approved", "carl", null));
    }

    [Fact]
    public async Task The_same_person_is_not_the_second()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<WriteOff>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        await app.By(Bea).ApproveAsync(order.Id, preview.ContentHash);

        await RefusesAsync(app, order, Bea.WithRoles("buyer", "boss"), preview.ContentHash, ApprovalDeniedReason.SecondApprover);

        (await app.By(Carl).ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task An_approval_without_a_hash_is_refused_whatever_the_type_says()
    {
        await using var app = await StartAsync();
        app.Script.Review = ReviewRequirement.Never;
        var order = await app.SubmittedAsync<WriteOff>();

        var approving = () => app.By(Bea).ApproveAsync(order.Id);

        (await approving.Should().ThrowAsync<StaleReviewException>()).Which.Code.Should().Be("content_hash_required");
    }

    [Fact]
    public async Task An_approval_of_what_has_changed_is_recorded_and_makes_the_earlier_ones_void()
    {
        await using var app = await StartAsync();
        await app.SeedAsync(new Price { Region = "north", Day = new(2026, 3, 1), Amount = 5 });
        app.Script.Apply = async (_, db, token) => (await db.Prices.SingleAsync(token)).Amount = 7;
        var order = await app.SubmittedAsync<WriteOff>();
        var before = await app.Reviewer.PreviewAsync(order.Id);
        await app.By(Bea).ApproveAsync(order.Id, before.ContentHash);
        await app.WithAsync(db => db.Prices.ExecuteUpdateAsync(p => p.SetProperty(x => x.Amount, 6)));

        var approving = () => app.By(Carl).ApproveAsync(order.Id, before.ContentHash);

        await approving.Should().ThrowAsync<StaleReviewException>();
        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
        stored.State.Should().Be(OrderState.Submitted);
        stored.Decisions.Single(d => d.Decision == "approve").SupersededAt.Should().Be(app.Time.GetUtcNow());
        var recorded = stored.Events.Single(e => e.Event == "review_outdated");
        (recorded.ActorId, recorded.Payload).Should().Be(("carl", $$"""{"content_hash":"{{before.ContentHash}}","differences":1}"""));

        // It is not enough that things are as they were again.
        await app.WithAsync(db => db.Prices.ExecuteUpdateAsync(p => p.SetProperty(x => x.Amount, 5)));
        (await app.By(Carl).ApproveAsync(order.Id, before.ContentHash)).State.Should().Be(OrderState.Submitted);
        (await app.By(Bea).ApproveAsync(order.Id, before.ContentHash)).State.Should().Be(OrderState.Completed);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Approvals_are_void_once_the_order_is_returned_or_rejected(bool isReturned)
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<WriteOff>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        await app.By(Bea).ApproveAsync(order.Id, preview.ContentHash);
        app.Time.Advance(TimeSpan.FromSeconds(5));
        RejectionReason[] reasons = [new("again", "Once more.")];

        await (isReturned ? app.Reviewer.ReturnForReworkAsync(order.Id, reasons) : app.Reviewer.RejectAsync(order.Id, reasons));

        (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Single(d => d.Decision == "approve")
            .SupersededAt.Should().Be(app.Time.GetUtcNow());
        if (isReturned)
        {
            // The same result, and so the same content.
            var agent = app.By(Actor.Agent("agent-2"));
            await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = order.Id }))!, new Counted("text"));
            (await app.By(Carl).ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Submitted);
        }
    }

    [Fact]
    public async Task An_approval_that_waited_too_long_does_not_count_and_can_be_given_again()
    {
        await using var app = await StartAsync(o => o.Review.ApprovalLifetime = TimeSpan.FromHours(1));
        var order = await app.SubmittedAsync<WriteOff>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        await app.By(Bea).ApproveAsync(order.Id, preview.ContentHash);
        app.Time.Advance(TimeSpan.FromHours(1));

        (await app.By(Carl).ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Submitted);
        (await app.By(Bea).ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Completed);

        var approvals = (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Where(d => d.Decision == "approve");
        approvals.Select(d => (d.ActorId, Void: d.SupersededAt is not null, Used: d.ConsumedAt is not null)).Should().BeEquivalentTo(
            [("bea", true, false), ("carl", false, true), ("bea", false, true)]);
    }

    [Fact]
    public async Task Approvals_of_different_content_do_not_add_up()
    {
        await using var app = await StartAsync();
        var text = "first";
        app.Script.Apply = (apply, _, _) =>
        {
            apply.Describe(WorkDiff.Between([], new() { ["text"] = text }, "Text"));
            return Task.CompletedTask;
        };
        var order = await app.SubmittedAsync<WriteOff>();
        var first = await app.Reviewer.PreviewAsync(order.Id);
        await app.By(Bea).ApproveAsync(order.Id, first.ContentHash);
        text = "second";
        var second = await app.Reviewer.PreviewAsync(order.Id);

        (await app.By(Carl).ApproveAsync(order.Id, second.ContentHash)).State.Should().Be(OrderState.Submitted);

        (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Where(d => d.Decision == "approve")
            .Select(d => (d.ActorId, d.SupersededAt is null)).Should().BeEquivalentTo([("bea", false), ("carl", true)]);
    }

    [Fact]
    public async Task An_apply_that_fails_uses_up_no_approval()
    {
        await using var app = await StartAsync();
        var (fails, apply) = (false, app.Script.Apply);
        app.Script.Apply = (a, db, token) => fails ? throw new InvalidOperationException("broken") : apply(a, db, token);
        var order = await app.SubmittedAsync<WriteOff>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        await app.By(Bea).ApproveAsync(order.Id, preview.ContentHash);
        fails = true;
        var approving = () => app.By(Carl).ApproveAsync(order.Id, preview.ContentHash);
        await approving.Should().ThrowAsync<ApplyFailedException>();
        fails = false;

        (await approving()).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task Approvals_that_were_given_when_more_were_needed_are_no_obstacle()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<WriteOff>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        await app.By(Bea).ApproveAsync(order.Id, preview.ContentHash);
        // The type needed two, and needs one now.
        await app.WithAsync(async db => await db.Set<WorkOrder>().ExecuteUpdateAsync(o => o.SetProperty(x => x.Type, "stock.restock"))
            + await db.Set<WorkItem>().ExecuteUpdateAsync(i => i.SetProperty(x => x.OrderType, "stock.restock")));
        preview = await app.Reviewer.PreviewAsync(order.Id);

        (await app.By(Bea).ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Completed);

        (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Where(d => d.Decision == "approve")
            .Select(d => (d.SupersededAt is null, d.ConsumedAt is null)).Should().BeEquivalentTo([(false, true), (true, false)]);
    }

    [Fact]
    public async Task Of_four_at_once_two_are_counted_and_one_apply_runs()
    {
        await using var app = await StartAsync();
        for (var round = 0; round < 3; round++)
        {
            var order = await app.SubmittedAsync<WriteOff>($"round {round}");
            app.Script.Apply = (_, db, _) =>
            {
                // Nothing keeps the database from having two of them.
                db.Add(new Shelf { Name = $"{order.Id}" });
                return Task.CompletedTask;
            };
            var preview = await app.Reviewer.PreviewAsync(order.Id);

            var answers = await Task.WhenAll(Enumerable.Range(1, 4).Select(i => Task.Run(async () =>
            {
                try
                {
                    return $"{(await app.By(Actor.User($"u{i}").WithRoles("buyer")).ApproveAsync(order.Id, preview.ContentHash)).State}";
                }
                catch (WorkManagerException refused)
                {
                    return refused.Code;
                }
            })));

            answers.Should().BeEquivalentTo(["Submitted", "Completed", "illegal_transition", "illegal_transition"]);
            (await app.WithAsync(db => db.Shelves.CountAsync(s => s.Name == $"{order.Id}"))).Should().Be(1);
            (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Count(d => d.ConsumedAt is not null).Should().Be(2);
        }
    }

    private Task<StockApp> StartAsync(Action<WorkManagerOptions>? options = null) => StockApp.StartWithPricesAsync(databases, options);

    internal static async Task RefusesAsync(StockApp app, WorkOrder order, Actor actor, ContentHash? hash, ApprovalDeniedReason reason)
    {
        var approving = () => app.By(actor).ApproveAsync(order.Id, hash);
        (await approving.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(reason);
        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.Events);
        stored.State.Should().Be(OrderState.Submitted);
        var denied = stored.Events.Last(e => e.Event == "approval_denied");
        (denied.ActorId, denied.Payload).Should().Be((actor.Id, $$"""{"reason":"{{StateNames.ToName(reason)}}"}"""));
    }
}

public sealed class SeveralApproversOnSqlite(SqliteFixture databases) : SeveralApproversSpecification(databases), IOnSqlite;

public sealed class SeveralApproversOnPostgreSql(PostgreSqlFixture databases) : SeveralApproversSpecification(databases), IOnPostgreSql;
