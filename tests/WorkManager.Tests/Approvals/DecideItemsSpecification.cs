using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Approvals;

public sealed record Book(string[] Pages, bool InTurn = false);

public sealed record Page(string Name);

public sealed record Written(string Text);

/// <summary>Writes a row for each page that is applied.</summary>
public abstract class Writing(ShopContext db) : OrderType<Book, Page, Written>
{
    protected override IEnumerable<PlannedItem<Page>> Plan(Book payload)
    {
        PlannedItem<Page>? before = null;
        foreach (var name in payload.Pages)
        {
            var page = new PlannedItem<Page>(new Page(name)) { After = payload.InTurn && before is not null ? [before] : [] };
            yield return before = page;
        }
    }

    protected override Task ApplyAsync(ApplyContext<Book, Page, Written> apply, CancellationToken cancellationToken)
    {
        foreach (var item in apply.Items)
        {
            db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = $"{item.Input.Name}: {item.Result.Text}" });
        }

        return Task.CompletedTask;
    }
}

/// <summary>Waits for the pages that are returned.</summary>
[OrderType("test.book")]
public sealed class WholeBook(ShopContext db) : Writing(db);

/// <summary>The pages that are returned become a book of their own.</summary>
[OrderType("test.leaflet", ReturnedItems = ReturnedItems.ChildOrder)]
public sealed class Leaflet(ShopContext db) : Writing(db);

/// <summary>The same, and what fails is left out.</summary>
[OrderType("test.notes", ReturnedItems = ReturnedItems.ChildOrder, ItemFailure = ItemFailure.GoOn)]
public sealed class Notes(ShopContext db) : Writing(db);

/// <summary>Decisions about the single items of an order.</summary>
public abstract class DecideItemsSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason Typo = new("typo", "There is a typo.");
    private static readonly RejectionReason Useless = new("useless", "Nobody needs it.");

    [Fact]
    public async Task What_is_accepted_waits_in_the_decisions_and_is_applied_with_the_order()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<WholeBook>(app, 3);
        var items = await ItemsAsync(app, order.Id);

        var decided = await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Accept(items[0]), ItemDecision.Accept(items[2].Id)]);

        (decided.Order.State, decided.ChildOrder).Should().Be((OrderState.Submitted, null));
        var refused = () => app.Reviewer.ApproveAsync(order.Id);
        (await refused.Should().ThrowAsync<OrderNotReadyException>()).Which.Reasons.Should().Equal("1 of 3 items are not decided yet.");
        await app.By(Actor.User("carl")).DecideAsync(order.Id, [ItemDecision.Accept(items[1])]);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);

        (await app.LedgerAsync(order.Id)).Should().BeEquivalentTo("p1: one", "p2: one", "p3: one");
        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions | OrderParts.Events);
        stored.Decisions.Where(d => d.Decision == "accept").Should().BeEquivalentTo(items.Select((item, i) => new
        {
            ItemId = (Guid?)item.Id, ActorId = i == 1 ? "carl" : "bert", ContentHash = item.ResultHash, ItemRevision = (int?)item.Revision,
            ConsumedAt = (DateTimeOffset?)app.Time.GetUtcNow(), SupersededAt = (DateTimeOffset?)null,
        }));
        stored.Events.Where(e => e.Event == "item_approved").Select(e => e.ItemId).Should().BeEquivalentTo(items.Select(i => (Guid?)i.Id));
    }

    [Fact]
    public async Task What_is_returned_comes_back_with_its_reasons_and_what_was_accepted_need_not_be_decided_again()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<WholeBook>(app, 3);
        var items = await ItemsAsync(app, order.Id);

        var decided = await app.Reviewer.DecideAsync(
            order.Id, [ItemDecision.Accept(items[0]), ItemDecision.Return(items[1], Typo), ItemDecision.Return(items[2].Id, Useless, Typo)]);

        (decided.Order.State, decided.ChildOrder).Should().Be((OrderState.Queued, null));
        (await ItemsAsync(app, order.Id)).Select(i => (i.State, i.ReworkCount)).Should().Equal(
            (ItemState.Submitted, 0), (ItemState.Queued, 1), (ItemState.Queued, 1));
        var second = (await app.Agent("agent-2").CheckoutManyAsync(5)).OrderBy(l => l.Item.Id).ToList();
        second.Select(l => (l.Item.Id, JsonNode.Parse(l.Item.Error!)!["details"]!.AsArray().Count)).Should().Equal((items[1].Id, 1), (items[2].Id, 2));
        foreach (var lease in second)
        {
            await app.Agent("agent-2").SubmitAsync(lease, new Written("two"));
        }

        var refused = () => app.Reviewer.ApproveAsync(order.Id);
        (await refused.Should().ThrowAsync<OrderNotReadyException>()).Which.Reasons.Should().Equal("2 of 3 items are not decided yet.");
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Accept(items[1].Id), ItemDecision.Accept(items[2].Id)]);
        await app.Reviewer.ApproveAsync(order.Id);
        (await app.LedgerAsync(order.Id)).Should().BeEquivalentTo("p1: one", "p2: two", "p3: two");
    }

    [Fact]
    public async Task What_is_rejected_is_not_applied_and_the_rest_is()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<WholeBook>(app, 3);
        var items = await ItemsAsync(app, order.Id);

        var decided = await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Reject(items[1], Useless)]);

        decided.Order.State.Should().Be(OrderState.Submitted);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(order.Id)).Should().BeEquivalentTo("p1: one", "p3: one");
        var stored = await ItemsAsync(app, order.Id);
        stored.Select(i => i.State).Should().Equal(ItemState.Completed, ItemState.Rejected, ItemState.Completed);
        stored[1].ReadError()!.Code.Should().Be("rejected");
        var decision = (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Single(d => d.ItemId == items[1].Id);
        (decision.Decision, decision.ReadReasons().Single()).Should().Be(("reject", Useless));
    }

    [Fact]
    public async Task An_order_of_which_no_result_is_left_is_rejected()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<WholeBook>(app, 2);
        var items = await ItemsAsync(app, order.Id);
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Reject(items[0], Useless)]);

        var decided = await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Reject(items[1], Useless)]);

        decided.Order.State.Should().Be(OrderState.Rejected);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Rejected);
    }

    [Fact]
    public async Task An_order_that_goes_on_without_failed_items_fails_if_all_other_results_were_rejected_or_have_moved()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<Notes>(app, 3);
        var items = await ItemsAsync(app, order.Id);
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Reject(items[0], Useless), ItemDecision.Return(items[1], Typo)]);
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Return(items[2], Typo)]);
        var agent = app.Agent("agent-2");
        var lease = (await agent.CheckoutAsync(new() { OrderId = order.Id }))!;

        await agent.FailAsync(lease, new WorkFailure("broken", "It is.") { Retryable = false });

        (await ItemsAsync(app, order.Id)).Select(i => i.State).Should().Equal(ItemState.Rejected, ItemState.Rejected, ItemState.Failed);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Failed, "nothing is there to be reviewed");
    }

    [Fact]
    public async Task An_order_goes_on_without_failed_items_while_a_result_is_left()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<Notes>(app, 3);
        var items = await ItemsAsync(app, order.Id);
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Reject(items[0], Useless), ItemDecision.Accept(items[1])]);
        await app.Reviewer.ReturnForReworkAsync(order.Id, [Typo], [items[2].Id]);
        var agent = app.Agent("agent-2");
        var lease = (await agent.CheckoutAsync(new() { OrderId = order.Id }))!;

        await agent.FailAsync(lease, new WorkFailure("broken", "It is.") { Retryable = false });

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted);
        await app.Reviewer.ApproveAsync(order.Id);
        (await app.LedgerAsync(order.Id)).Should().Equal("p2: one");
    }

    [Fact]
    public async Task Of_fifty_47_are_applied_and_three_come_back_as_a_child_order_are_corrected_and_applied_each_once()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<Leaflet>(app, 50);
        var items = await ItemsAsync(app, order.Id);
        var wrong = new[] { items[4], items[20], items[49] };

        var decided = await app.Reviewer.DecideAsync(
            order.Id,
            [.. wrong.Select(i => ItemDecision.Return(i, Typo)), .. items.Except(wrong).Select(ItemDecision.Accept)]);

        decided.Order.State.Should().Be(OrderState.Submitted);
        var child = decided.ChildOrder!;
        (child.State, child.ParentOrderId, child.Type, child.ItemsOpen).Should().Be((OrderState.Queued, order.Id, "test.leaflet", 3));
        var counts = await app.Maintenance.ReconcileAsync();
        (counts.Compared, counts.Recounted.Count).Should().Be((2, 0));
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(order.Id)).Should().HaveCount(47).And.OnlyHaveUniqueItems();

        var leases = await app.Agent("agent-2").CheckoutManyAsync(50);
        leases.Should().HaveCount(3).And.OnlyContain(l => l.Item.OrderId == child.Id && l.Item.ReworkCount == 1);
        leases.Select(l => l.EarlierFailures[^1].Code).Should().AllBe("rework");
        foreach (var lease in leases)
        {
            await app.Agent("agent-2").SubmitAsync(lease, new Written("two"));
        }

        (await app.Reviewer.ApproveAsync(child.Id)).State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(child.Id)).Should().BeEquivalentTo("p5: two", "p21: two", "p50: two");
        (await app.LedgerAsync(order.Id)).Should().HaveCount(47);
        var moved = (await ItemsAsync(app, order.Id)).Where(i => i.State == ItemState.Rejected).ToList();
        moved.Select(i => i.Id).Should().Equal(wrong.Select(i => i.Id));
        moved.Should().OnlyContain(i => i.ReadError()!.Code == "moved");
    }

    [Fact]
    public async Task Items_that_have_moved_do_not_come_back_when_their_order_is_reopened()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<Leaflet>(app, 2);
        var items = await ItemsAsync(app, order.Id);
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Return(items[0], Typo)]);
        await app.Reviewer.RejectAsync(order.Id, [Useless]);

        await app.Reviewer.ReturnForReworkAsync(order.Id, [Typo]);

        (await ItemsAsync(app, order.Id)).Select(i => i.State).Should().Equal(ItemState.Rejected, ItemState.Queued);
    }

    [Fact]
    public async Task What_has_moved_does_not_come_back_with_what_it_depends_on()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<Leaflet>(app, 3, inTurn: true);
        var items = await ItemsAsync(app, order.Id);
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Return(items[1], Typo)]);
        await app.Reviewer.RejectAsync(order.Id, [Useless]);

        await app.Reviewer.ReturnForReworkAsync(order.Id, [Typo]);

        (await ItemsAsync(app, order.Id)).Select(i => i.State).Should().Equal(ItemState.Queued, ItemState.Rejected, ItemState.Rejected);
    }

    [Fact]
    public async Task Where_all_items_are_returned_the_order_waits_for_them_itself()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<Leaflet>(app, 2);
        var items = await ItemsAsync(app, order.Id);

        var decided = await app.Reviewer.DecideAsync(order.Id, [.. items.Select(i => ItemDecision.Return(i, Typo))]);

        (decided.Order.State, decided.ChildOrder).Should().Be((OrderState.Queued, null));
        (await ItemsAsync(app, order.Id)).Select(i => i.State).Should().Equal(ItemState.Queued, ItemState.Queued);
    }

    [Fact]
    public async Task An_order_whose_items_have_all_moved_is_not_reopened()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<Leaflet>(app, 2);
        var items = await ItemsAsync(app, order.Id);
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Return(items[0], Typo)]);
        await app.Reviewer.RejectAsync(order.Id, [Useless]);
        // As an order is whose last result was moved, too.
        await app.ReadAsync(db => db.Set<WorkItem>().Where(i => i.Id == items[1].Id).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.Error, """{"code":"moved","message":"Moved."}""")));

        var reopening = () => app.Reviewer.ReturnForReworkAsync(order.Id, [Typo]);

        await reopening.Should().ThrowAsync<WorkValidationException>();
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Rejected);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_goes_back_with_an_item_is_not_decided_otherwise_in_the_same_call(bool isAccepted)
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<WholeBook>(app, 2, inTurn: true);
        var items = await ItemsAsync(app, order.Id);

        var deciding = () => app.Reviewer.DecideAsync(
            order.Id, [ItemDecision.Return(items[0], Typo), isAccepted ? ItemDecision.Accept(items[1]) : ItemDecision.Reject(items[1], Useless)]);

        await deciding.Should().ThrowAsync<WorkValidationException>().WithMessage($"*{items[1].Id}*");
        (await ItemsAsync(app, order.Id)).Should().OnlyContain(i => i.State == ItemState.Submitted);
    }

    [Fact]
    public async Task A_clone_of_a_given_up_order_is_not_taken_for_made_because_items_have_moved()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<Leaflet>(app, 2);
        var items = await ItemsAsync(app, order.Id);
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Return(items[0], Typo)]);
        await app.Reviewer.RejectAsync(order.Id, [Useless]);
        await app.Reviewer.DeadLetterAsync(order.Id);

        var cloned = await app.Maintenance.As(Actor.User("olga")).CloneAsync(new() { Type = "test.leaflet" });

        cloned.OrderIds.Should().Equal(order.Id);
        (await app.Maintenance.As(Actor.User("olga")).CloneAsync(new() { Type = "test.leaflet" })).OrderIds.Should().BeEmpty();
    }

    [Fact]
    public void A_decision_about_an_item_as_it_was_read_needs_a_result()
    {
        var item = new WorkItem { Id = Guid.NewGuid() };
        foreach (var decision in (Func<ItemDecision>[])[() => ItemDecision.Accept(item), () => ItemDecision.Return(item, Typo), () => ItemDecision.Reject(item, Typo)])
        {
            decision.Should().Throw<ArgumentException>();
        }
    }

    [Fact]
    public async Task A_policy_has_a_say_in_what_is_accepted()
    {
        await using var app = await StartAsync(b => b.Services.AddScoped<IApprovalPolicy, NobodyAccepts>());
        var order = await SubmittedAsync<WholeBook>(app, 1);
        var item = (await ItemsAsync(app, order.Id)).Single();

        var accepting = () => app.Reviewer.DecideAsync(order.Id, [ItemDecision.Accept(item)]);

        (await accepting.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(ApprovalDeniedReason.Policy);
        (await app.EventsAsync(order.Id)).Should().EndWith(["approval_denied"]);
        (await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Return(item, Typo)])).Order.State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task What_depends_on_a_returned_item_moves_with_it_and_waits_for_it_there()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<Leaflet>(app, 3, inTurn: true);
        var items = await ItemsAsync(app, order.Id);

        var child = (await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Accept(items[0]), ItemDecision.Return(items[1], Typo)])).ChildOrder!;

        child.ItemsTotal.Should().Be(2);
        var leases = await app.Agent("agent-2").CheckoutManyAsync(5);
        leases.Should().ContainSingle().Which.Input<Page>().Name.Should().Be("p2");
        await app.Agent("agent-2").SubmitAsync(leases[0], new Written("two"));
        (await app.Agent("agent-2").CheckoutManyAsync(5)).Should().ContainSingle().Which.Input<Page>().Name.Should().Be("p3");
    }

    [Fact]
    public async Task A_decision_about_a_result_that_has_changed_since_is_refused()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<WholeBook>(app, 2);
        var items = await ItemsAsync(app, order.Id);
        await app.Reviewer.ReturnForReworkAsync(order.Id, [Typo], [items[0].Id]);
        await SubmitAllAsync(app, "two");

        var deciding = () => app.Reviewer.DecideAsync(order.Id, [ItemDecision.Accept(items[1]), ItemDecision.Accept(items[0])]);

        (await deciding.Should().ThrowAsync<StaleReviewException>()).Which.Differences.Single().Row.Should().Be($"work_items:{items[0].Id}");
        (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Should().NotContain(d => d.Decision == "accept");
    }

    [Fact]
    public async Task Who_accepts_is_neither_an_agent_nor_the_submitter()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<WholeBook>(app, 1);
        var item = (await ItemsAsync(app, order.Id)).Single();

        foreach (var (actor, reason) in new[]
        {
            (Actor.Agent("agent-9"), ApprovalDeniedReason.Agent), (Actor.User("7"), ApprovalDeniedReason.Self),
        })
        {
            var deciding = () => app.By(actor).DecideAsync(order.Id, [ItemDecision.Accept(item)]);
            (await deciding.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(reason);
            var told = (await app.OrderAsync(order.Id)).Events.OrderBy(e => e.Id).Last();
            (told.Event, told.ActorId).Should().Be(("approval_denied", actor.Id));
        }

        // To send it back is no approval.
        (await app.By(Actor.User("7")).DecideAsync(order.Id, [ItemDecision.Return(item, Typo)])).Order.State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task Bad_decisions_are_refused_and_nothing_is_stored()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<WholeBook>(app, 2);
        var items = await ItemsAsync(app, order.Id);
        var other = (await ItemsAsync(app, (await SubmittedAsync<WholeBook>(app, 1)).Id)).Single();

        (string Code, ItemDecision[] Decisions)[] bad =
        [
            ("validation_failed", []),
            ("validation_failed", [ItemDecision.Accept(items[0]), ItemDecision.Reject(items[0], Typo)]),
            ("validation_failed", [ItemDecision.Accept(items[0]), ItemDecision.Return(items[1])]),
            ("not_found", [ItemDecision.Accept(items[0]), ItemDecision.Accept(other)]),
        ];
        foreach (var (code, decisions) in bad)
        {
            var deciding = () => app.Reviewer.DecideAsync(order.Id, decisions);
            (await deciding.Should().ThrowAsync<WorkManagerException>()).Which.Code.Should().Be(code);
        }

        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions | OrderParts.Items);
        (stored.State, stored.Decisions.Count).Should().Be((OrderState.Submitted, 0));
        stored.Items.Should().OnlyContain(i => i.State == ItemState.Submitted);
    }

    [Fact]
    public async Task A_preview_after_decisions_has_what_will_be_applied_and_another_hash_than_before()
    {
        await using var app = await StartAsync();
        var order = await SubmittedAsync<WholeBook>(app, 3);
        var items = await ItemsAsync(app, order.Id);
        var before = await app.Reviewer.PreviewAsync(order.Id);
        await app.Reviewer.DecideAsync(
            order.Id, [ItemDecision.Accept(items[0]), ItemDecision.Accept(items[1]), ItemDecision.Reject(items[2], Useless)]);

        var after = await app.Reviewer.PreviewAsync(order.Id);

        (before.Changes.Count, after.Changes.Count).Should().Be((3, 2));
        var approving = () => app.Reviewer.ApproveAsync(order.Id, before.ContentHash);
        await approving.Should().ThrowAsync<StaleReviewException>();
        (await app.Reviewer.ApproveAsync(order.Id, after.ContentHash)).State.Should().Be(OrderState.Completed);
    }

    private Task<ShopApp> StartAsync(Action<IWorkManagerBuilder>? configure = null) => ShopApp.StartAsync(databases, b =>
    {
        b.AddOrderType<WholeBook>().AddOrderType<Leaflet>().AddOrderType<Notes>();
        configure?.Invoke(b);
    });

    internal static async Task<WorkOrder> SubmittedAsync<TOrderType>(ShopApp app, int pages, bool inTurn = false)
        where TOrderType : OrderType
    {
        var order = await app.Requester.ProposeAsync<TOrderType>(new Book([.. Enumerable.Range(1, pages).Select(i => $"p{i}")], inTurn));
        await SubmitAllAsync(app, "one");
        return order;
    }

    private static async Task SubmitAllAsync(ShopApp app, string text)
    {
        var agent = app.By(Actor.Agent("agent-1", onBehalfOf: Actor.User("7")));
        while (await agent.CheckoutManyAsync(50) is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
            {
                await agent.SubmitAsync(lease, new Written(text));
            }
        }
    }

    [Fact]
    public async Task What_was_accepted_before_an_order_was_rejected_does_not_count_when_it_is_done_again()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<WholeBook>());
        var order = await SubmittedAsync<WholeBook>(app, 2);
        var items = await ItemsAsync(app, order.Id);
        await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Accept(items[0]), ItemDecision.Return(items[1], new RejectionReason("no", "No."))]);

        await app.Reviewer.RejectAsync(order.Id, [new RejectionReason("no", "No.")]);

        var decisions = (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions;
        decisions.Single(d => d.Decision == "accept").SupersededAt.Should().NotBeNull("the order is worked on, and was rejected all the same");
    }

    internal static async Task<List<WorkItem>> ItemsAsync(ShopApp app, Guid orderId) =>
        [.. (await app.Reviewer.GetAsync(orderId)).Items.OrderBy(i => i.Id)];

    private sealed class NobodyAccepts : IApprovalPolicy
    {
        public Task<string?> FindObjectionAsync(WorkOrder order, Actor approver, CancellationToken cancellationToken) => Task.FromResult<string?>("No.");
    }
}

/// <summary>On SQLite an approval has the only writer before anything of it begins.</summary>
public sealed class DecisionsBesideAnApproval(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_decision_between_the_look_of_an_approval_and_its_lock_counts_for_it()
    {
        var before = new BeforeTransactions();
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<WholeBook>(), context: o => o.AddInterceptors(before));
        var order = await DecideItemsSpecification.SubmittedAsync<WholeBook>(app, 2);
        var items = await DecideItemsSpecification.ItemsAsync(app, order.Id);
        before.Once = () =>
        {
            // Not from inside the approval.
            using var another = ExecutionContext.SuppressFlow();
            return Task.Run(() => app.By(Actor.User("carl")).DecideAsync(order.Id, [ItemDecision.Accept(items[0])]));
        };

        var approving = () => app.Reviewer.ApproveAsync(order.Id);

        await approving.Should().ThrowAsync<OrderNotReadyException>();
        (await app.LedgerAsync(order.Id)).Should().BeEmpty();
    }
}

public sealed class DecideItemsOnSqlite(SqliteFixture databases) : DecideItemsSpecification(databases), IOnSqlite;

public sealed class DecideItemsOnPostgreSql(PostgreSqlFixture databases) : DecideItemsSpecification(databases), IOnPostgreSql;
