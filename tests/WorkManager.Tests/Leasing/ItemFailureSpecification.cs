using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>What an item that has failed for good means for its order: that is its order type's choice.</summary>
public abstract class ItemFailureSpecification(DatabaseFixture databases)
{
    private static readonly WorkFailure Final = new("broken", "It is.") { Retryable = false };
    private static readonly RejectionReason[] Reasons = [new("wrong", "Do it again.")];

    [Fact, Trait("Bug", "B28")]
    public async Task By_default_the_order_fails_once_nothing_is_open()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        var leases = await app.Agent("agent-1").CheckoutManyAsync(2);

        await app.Agent("agent-1").FailAsync(leases[0], Final);

        (await app.OrderAsync(order.Id)).State.Should().NotBe(OrderState.Failed);
        await SubmitAsync(app, leases[1]);
        var failed = await app.OrderAsync(order.Id);
        (failed.State, failed.ItemFailure, failed.ItemsFailed).Should().Be((OrderState.Failed, ItemFailure.FailOrder, 1));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_order_can_fail_at_once_and_its_other_items_leave_the_queue(bool many)
    {
        await using var app = await StartAsync();
        var order = await app.Requester.ProposeAsync(new AtOncePayload(5));
        var other = await app.Requester.ProposeAsync(new AtOncePayload(1));
        var held = await app.Agent("agent-2").CheckoutAsync();
        var leases = await app.Agent("agent-1").CheckoutManyAsync(3);
        await app.Agent("agent-1").SubmitAsync(leases[0], new Part(1));
        app.Time.Advance(TimeSpan.FromSeconds(1));

        if (many)
        {
            // One of the batch comes back, and is taken out with the others.
            var outcomes = await app.Agent("agent-1").FailManyAsync(
                [new(leases[1], Final), new(leases[2], Final with { Retryable = true, RetryAfter = TimeSpan.Zero })]);
            outcomes.Select(o => (o.Value.State, o.Value.ReadyAt, o.Value.BlockedBy)).Should().Equal((ItemState.Failed, null, 0), (ItemState.Queued, null, 1));
        }
        else
        {
            await app.Agent("agent-1").FailAsync(leases[1], Final);
        }

        var failed = await app.OrderAsync(order.Id);
        (failed.State, failed.ItemsFailed, failed.ItemsOpen).Should().Be((OrderState.Failed, 1, 3));
        failed.Items.Where(i => i.State == ItemState.Queued).Should().HaveCount(3).And.OnlyContain(i => i.BlockedBy == 1 && i.ReadyAt == null);
        failed.Events.Last().Event.Should().Be("failed");
        await app.RefusesAsync<LeaseLostException>("lease_lost", () => app.Agent("agent-2").SubmitAsync(held!, new Part(2)));
        (await app.Agent("agent-3").CheckoutManyAsync(9)).Select(l => l.OrderId).Should().Equal(other.Id);
    }

    [Fact]
    public async Task An_order_fails_at_once_by_a_lease_that_ran_out_too()
    {
        await using var app = await StartAsync();
        var order = await app.Requester.ProposeAsync(new AtOncePayload(3, Attempts: 1));
        await app.LeaseAsync();
        app.Time.Advance(TimeSpan.FromMinutes(5));

        await app.Maintenance.ReclaimExpiredAsync();

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Failed);
        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_order_can_go_to_review_without_the_item_and_the_reviewer_sees_what_is_missing(bool failsLast)
    {
        await using var app = await StartAsync();
        var order = await app.Requester.ProposeAsync(new LenientPayload(3));
        var leases = await app.Agent("agent-1").CheckoutManyAsync(3);

        foreach (var last in new[] { !failsLast, failsLast })
        {
            await (last ? app.Agent("agent-1").FailAsync(leases[1], Final) : SubmitPartsAsync(app, [leases[0], leases[2]]));
        }

        var submitted = await app.OrderAsync(order.Id);
        (submitted.State, submitted.SubmittedAt, submitted.ItemsFailed, submitted.ItemsOpen).Should().Be((OrderState.Submitted, app.Time.GetUtcNow(), 1, 0));
        (submitted.Events.Last().Event, submitted.Events.Last().ReadPayload<FailedItems>()).Should().Be(("submitted", new FailedItems(1)));
        var approved = await app.Reviewer.ApproveAsync(order.Id);
        (approved.State, approved.ItemsFailed).Should().Be((OrderState.Completed, 1));
        (await app.LedgerAsync(order.Id)).Should().Equal("results 0, 2; without 1: broken");
        app.Services.GetRequiredService<Reviewed>().Missing.Should().Equal("1: broken");
        (await app.OrderAsync(order.Id)).Items.Select(i => i.State).Should().Equal(ItemState.Completed, ItemState.Failed, ItemState.Completed);
    }

    [Fact]
    public async Task An_order_of_which_no_item_has_a_result_fails_all_the_same()
    {
        await using var app = await StartAsync();
        var order = await app.Requester.ProposeAsync(new LenientPayload(2));

        await app.Agent("agent-1").FailManyAsync([.. (await app.Agent("agent-1").CheckoutManyAsync(2)).Select(l => new FailedAttempt(l, Final))]);

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Failed);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_reviewer_can_have_the_missing_items_done_again(bool named)
    {
        await using var app = await StartAsync();
        var order = await app.Requester.ProposeAsync(new LenientPayload(2));
        var leases = await app.Agent("agent-1").CheckoutManyAsync(2);
        await app.Agent("agent-1").FailAsync(leases[0], Final);
        await app.Agent("agent-1").SubmitAsync(leases[1], new Part(1));

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, named ? [leases[0].Item.Id] : null);

        var returned = await app.OrderAsync(order.Id);
        (returned.State, returned.ItemsFailed, returned.ItemsOpen).Should().Be((OrderState.Queued, 0, named ? 1 : 2));
        await SubmitPartsAsync(app, await app.Agent("agent-1").CheckoutManyAsync(2));
        (await app.Reviewer.ApproveAsync(order.Id)).ItemsFailed.Should().Be(0);
    }

    [Theory, InlineData("fail"), InlineData("give back"), InlineData("die"), InlineData("die beside a checkout")]
    public async Task An_order_that_goes_on_is_approved_by_itself_also_if_a_failure_was_the_last_thing_to_happen(string how)
    {
        await using var app = await StartAsync();
        var order = await app.Requester.ProposeAsync(new ByItselfPayload("n"));
        var leases = await app.Agent("agent-1").CheckoutManyAsync(2);
        await app.Agent("agent-1").SubmitAsync(leases[0], new Part(7));

        switch (how)
        {
            case "fail":
                await app.Agent("agent-1").FailAsync(leases[1], Final);
                break;
            case "give back":
                await app.ReadAsync(db => db.Set<WorkItem>().Where(i => i.Id == leases[1].Item.Id)
                    .ExecuteUpdateAsync(set => set.SetProperty(i => i.Releases, (short)20)));
                await app.Agent("agent-1").ReleaseAsync(leases[1]);
                break;
            case "die beside a checkout":
                var other = await app.ProposeEchoAsync();
                app.Time.Advance(TimeSpan.FromMinutes(5));
                await app.LeaseAsync("agent-2", other.Id);
                (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted, "a checkout does not wait for an apply");
                (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
                break;
            default:
                app.Time.Advance(TimeSpan.FromMinutes(5));
                await app.Maintenance.ReclaimExpiredAsync();
                break;
        }

        var approved = await app.OrderAsync(order.Id);
        (approved.State, approved.ItemsFailed).Should().Be((OrderState.Completed, 1));
        approved.Events.Single(e => e.Event == "approved").ActorId.Should().Be("auto-approve");
    }

    [Fact]
    public async Task An_order_keeps_the_rule_that_it_was_proposed_with()
    {
        await using var app = await StartAsync();
        var order = await app.Requester.ProposeAsync(new LenientPayload(1));

        order.ItemFailure.Should().Be(ItemFailure.GoOn);
        (await app.OrderAsync(order.Id)).ItemFailure.Should().Be(ItemFailure.GoOn);
    }

    public sealed record AtOncePayload(int Parts, int Attempts = 3);

    public sealed record LenientPayload(int Parts);

    public sealed record Part(int Number);

    private sealed record FailedItems([property: System.Text.Json.Serialization.JsonPropertyName("failed_items")] int Count);

    [OrderType("failure.at_once", ItemFailure = ItemFailure.FailOrderAtOnce)]
    public sealed class AtOnce : OrderType<AtOncePayload, Part, Part>
    {
        protected override IEnumerable<PlannedItem<Part>> Plan(AtOncePayload payload) =>
            Enumerable.Range(0, payload.Parts).Select(i => new PlannedItem<Part>(new Part(i)) { MaxAttempts = payload.Attempts });

        protected override Task ApplyAsync(ApplyContext<AtOncePayload, Part, Part> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [OrderType("failure.go_on", ItemFailure = ItemFailure.GoOn)]
    public sealed class Lenient(ShopContext db, Reviewed reviewed) : OrderType<LenientPayload, Part, Part>
    {
        protected override IEnumerable<PlannedItem<Part>> Plan(LenientPayload payload) => Enumerable.Range(0, payload.Parts).Select(i => Item(new Part(i)));

        protected override void ReadyForApproval(ReviewContext<LenientPayload, Part, Part> review) =>
            reviewed.Missing.AddRange(review.FailedItems.Select(Describe));

        protected override Task ApplyAsync(ApplyContext<LenientPayload, Part, Part> apply, CancellationToken cancellationToken)
        {
            var results = string.Join(", ", apply.Items.Select(i => i.Input.Number));
            var text = $"results {results}; without {string.Join(", ", apply.FailedItems.Select(Describe))}";
            db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = text });
            return Task.CompletedTask;
        }

        private static string Describe(FailedItem<Part> item) => $"{item.Input.Number}: {item.Failure.Code}";
    }

    [OrderType("failure.by_itself", ItemFailure = ItemFailure.GoOn)]
    public sealed class ByItself : OrderType<ByItselfPayload, Part, Part>
    {
        public override bool AutoApprove => true;

        protected override IEnumerable<PlannedItem<Part>> Plan(ByItselfPayload payload) =>
            Enumerable.Range(0, 2).Select(i => new PlannedItem<Part>(new Part(i)) { MaxAttempts = 1 });

        protected override Task ApplyAsync(ApplyContext<ByItselfPayload, Part, Part> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed record ByItselfPayload(string Name);

    /// <summary>What reviewers of one test were told.</summary>
    public sealed class Reviewed
    {
        public List<string> Missing { get; } = [];
    }

    private Task<ShopApp> StartAsync() => ShopApp.StartAsync(databases, builder => builder
        .AddOrderType<AtOnce>().AddOrderType<Lenient>().AddOrderType<ByItself>().Services.AddSingleton<Reviewed>());

    private static Task SubmitAsync(ShopApp app, WorkLease lease) =>
        app.Agent("agent-1").SubmitAsync(lease, new BatchResult(lease.Input<Batch>().Id, true, 1));

    private static Task SubmitPartsAsync(ShopApp app, IReadOnlyList<WorkLease> leases) =>
        app.Agent("agent-1").SubmitManyAsync([.. leases.Select(l => new Submission<Part>(l, new Part(7)))]);
}

public sealed class ItemFailureOnSqlite(SqliteFixture databases) : ItemFailureSpecification(databases), IOnSqlite;

public sealed class ItemFailureOnPostgreSql(PostgreSqlFixture databases) : ItemFailureSpecification(databases), IOnPostgreSql;
