using AwesomeAssertions;
using WorkManager.Tests.Previews;
using WorkManager.Tests.Races;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Approvals;

/// <summary>Reviewers share the orders that wait for review: each takes one for a while, skips it, and gets the next.</summary>
public abstract class TakeReviewSpecification(DatabaseFixture databases)
{
    private static readonly Actor Bert = Actor.User("bert");
    private static readonly Actor Carla = Actor.User("carla");
    private static readonly Actor[] Buyers = [Bert.WithRoles("buyer"), Carla.WithRoles("buyer")];

    [Fact]
    public async Task What_one_has_taken_nobody_else_is_offered_until_its_time_is_over()
    {
        await using var app = await StockApp.StartAsync(databases);
        var (first, second) = (await app.SubmittedAsync("first"), await app.SubmittedAsync("second"));

        var submitted = await app.Reviewer.GetAsync(first.Id);

        var taken = await app.By(Bert).TakeReviewAsync(new() { For = TimeSpan.FromMinutes(5) });

        taken!.Id.Should().Be(first.Id);
        (taken.State, taken.Revision).Should().Be((OrderState.Submitted, submitted.Revision), "nothing about the order has changed");
        (await ListAsync(app, Carla)).Should().Equal(second.Id);
        (await ListAsync(app, Carla, new() { IncludeTaken = true })).Should().Equal(first.Id, second.Id);
        (await ListAsync(app, Bert)).Should().Equal(first.Id, second.Id);
        (await app.By(Carla).TakeReviewAsync(new() { OrderId = first.Id })).Should().BeNull();
        (await app.By(Carla).TakeReviewAsync())!.Id.Should().Be(second.Id);
        (await app.By(Actor.User("dora")).TakeReviewAsync()).Should().BeNull();

        app.Time.Advance(TimeSpan.FromMinutes(5));
        (await ListAsync(app, Carla)).Should().Equal(first.Id, second.Id);
        (await app.By(Actor.User("dora")).TakeReviewAsync())!.Id.Should().Be(first.Id);
        var decisions = (await app.Reviewer.GetAsync(first.Id, OrderParts.All)).Decisions.ToList();
        decisions.Select(d => (d.Decision, d.ActorId)).Should().Equal(("take", "bert"), ("take", "dora"));
        decisions[0].ExpiresAt.Should().Be(decisions[0].CreatedAt.AddMinutes(5));
        decisions[1].ExpiresAt.Should().Be(decisions[1].CreatedAt.AddMinutes(15), "that is the time if none is said");
    }

    [Fact]
    public async Task Whoever_has_not_decided_gets_the_same_again_and_its_time_begins_anew()
    {
        await using var app = await StockApp.StartAsync(databases);
        await app.SubmittedAsync("due later");
        var first = await app.By(Bert).TakeReviewAsync();
        await app.SubmittedAsync("due first", new() { DueAt = app.Time.GetUtcNow().AddHours(1) });
        app.Time.Advance(TimeSpan.FromMinutes(14));

        (await app.By(Bert).TakeReviewAsync())!.Id.Should().Be(first!.Id);

        app.Time.Advance(TimeSpan.FromMinutes(14));
        (await ListAsync(app, Carla)).Should().NotContain(first.Id).And.HaveCount(1);
        var takes = (await app.Reviewer.GetAsync(first.Id, OrderParts.All)).Decisions;
        takes.Should().HaveCount(2);
        takes.Count(t => t.SupersededAt is null).Should().Be(1, "the new one took the place of the old one");
    }

    [Fact]
    public async Task What_one_has_skipped_is_offered_to_others_and_to_the_same_person_once_it_has_changed()
    {
        await using var app = await StockApp.StartAsync(databases);
        var (first, second) = (await app.SubmittedAsync("first"), await app.SubmittedAsync("second"));
        var submitted = await app.By(Bert).TakeReviewAsync();

        await app.By(Bert).SkipReviewAsync(first.Id, "Not my part of the shop.");

        (await app.By(Bert).TakeReviewAsync())!.Id.Should().Be(second.Id);
        (await app.By(Carla).TakeReviewAsync())!.Id.Should().Be(first.Id);
        (await ListAsync(app, Bert)).Should().Equal(second.Id);
        (await ListAsync(app, Bert, new() { IncludeTaken = true })).Should().Equal(first.Id, second.Id);
        var skip = (await app.Reviewer.GetAsync(first.Id, OrderParts.All)).Decisions.Single(d => d.Decision == "skip");
        (skip.ActorId, skip.Comment, skip.OrderRevision).Should().Be(("bert", "Not my part of the shop.", submitted!.Revision));

        await app.By(Bert).SkipReviewAsync(second.Id);
        await app.By(Carla).SkipReviewAsync(first.Id);
        (await app.By(Bert).TakeReviewAsync()).Should().BeNull("both are skipped");
        await app.By(Carla).SetPriorityAsync(first.Id, 9);
        (await app.By(Bert).TakeReviewAsync())!.Id.Should().Be(first.Id);
    }

    [Fact]
    public async Task An_order_that_was_skipped_can_be_taken_by_its_id()
    {
        await using var app = await StockApp.StartAsync(databases);
        var order = await app.SubmittedAsync();
        await app.By(Bert).SkipReviewAsync(order.Id);

        (await app.By(Bert).TakeReviewAsync(new() { OrderId = order.Id }))!.Id.Should().Be(order.Id);
        (await app.By(Bert).TakeReviewAsync())!.Id.Should().Be(order.Id, "it is taken, whatever was before");
    }

    [Fact]
    public async Task After_an_approval_the_next_approver_is_offered_the_order()
    {
        await using var app = await StockApp.StartAsync(databases);
        var order = await app.SubmittedAsync<WriteOff>();
        await app.By(Buyers[0]).TakeReviewAsync();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        (await app.By(Buyers[1]).TakeReviewAsync()).Should().BeNull();

        await app.By(Buyers[0]).ApproveAsync(order.Id, preview.ContentHash);

        (await app.By(Buyers[1]).TakeReviewAsync())!.Id.Should().Be(order.Id);
        (await app.By(Buyers[0]).TakeReviewAsync()).Should().BeNull("one person approves once");
        (await app.By(Buyers[1]).ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task What_was_returned_or_comes_back_to_review_nobody_has_taken()
    {
        await using var app = await StockApp.StartWithShelvesAsync(databases);
        var returned = await app.SubmittedAsync();
        await app.By(Bert).TakeReviewAsync(new() { For = TimeSpan.FromHours(10) });
        await app.By(Bert).ReturnForReworkAsync(returned.Id, [new("again", "Once more.")]);
        var agent = app.By(Actor.Agent("agent-1"));
        await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = returned.Id }))!, new Counted("again"));
        (await ListAsync(app, Carla)).Should().Equal(returned.Id);
        await app.By(Carla).RejectAsync(returned.Id, [new("no", "No.")]);

        var deferred = await app.SubmittedAsync<Recount>();
        var preview = await app.Reviewer.PreviewAsync(deferred.Id);
        await app.By(Bert).TakeReviewAsync(new() { For = TimeSpan.FromHours(10) });
        await app.By(Bert).ApproveAsync(deferred.Id, preview.ContentHash);
        app.Script.Apply = (_, db, _) =>
        {
            db.Add(new Shelf { Name = "something else" });
            return Task.CompletedTask;
        };
        await app.Maintenance.ApproveDueAsync();
        (await ListAsync(app, Carla)).Should().Equal([deferred.Id], "it was outdated when it was to be applied");
    }

    [Fact]
    public async Task Whoever_may_not_approve_it_is_not_offered_it_and_what_is_taken_can_be_decided_by_all()
    {
        await using var app = await StockApp.StartAsync(databases);
        var (writeOff, restocking) = (await app.SubmittedAsync<WriteOff>(), await app.SubmittedAsync());
        app.Script.Policy = (order, actor) => order.Id == restocking.Id && actor.Id == "dora" ? "No." : null;

        (await app.By(Actor.User("dora")).TakeReviewAsync()).Should().BeNull();
        (await app.By(Bert).TakeReviewAsync(new() { OrderId = writeOff.Id })).Should().BeNull("it is for buyers");
        (await app.By(Buyers[0]).TakeReviewAsync(new() { Type = "stock.restock" }))!.Id.Should().Be(restocking.Id);

        (await app.By(Carla).ApproveAsync(restocking.Id)).State.Should().Be(OrderState.Completed, "it is an agreement, and no lock");
        (await app.By(Buyers[0]).TakeReviewAsync())!.Id.Should().Be(writeOff.Id);
    }

    [Fact]
    public async Task What_is_held_or_does_not_wait_for_review_cannot_be_taken_and_bad_calls_are_refused()
    {
        await using var app = await StockApp.StartAsync(databases);
        var order = await app.SubmittedAsync();
        await app.Reviewer.HoldAsync(order.Id);
        (await app.By(Bert).TakeReviewAsync(new() { OrderId = order.Id })).Should().BeNull();
        await app.Reviewer.ResumeAsync(order.Id);
        await app.By(Carla).RejectAsync(order.Id, [new("no", "No.")]);
        var before = (await app.Reviewer.GetAsync(order.Id, OrderParts.All)).Decisions.Count;

        (await app.By(Bert).TakeReviewAsync(new() { OrderId = order.Id })).Should().BeNull();
        await Refuses<IllegalTransitionException>(() => app.By(Bert).SkipReviewAsync(order.Id));
        await Refuses<WorkNotFoundException>(() => app.By(Bert).SkipReviewAsync(Guid.NewGuid()));
        await Refuses<WorkNotFoundException>(() => app.By(Bert).TakeReviewAsync(new() { OrderId = Guid.NewGuid() }));
        foreach (var nobody in (Actor[])[Actor.Agent("a"), Actor.Unnamed])
        {
            await Refuses<ApprovalDeniedException>(() => app.By(nobody).TakeReviewAsync());
            await Refuses<ApprovalDeniedException>(() => app.By(nobody).SkipReviewAsync(order.Id));
        }

        await Refuses<WorkValidationException>(() => app.By(Bert).TakeReviewAsync(new() { For = TimeSpan.FromSeconds(0.9) }));
        await Refuses<WorkValidationException>(() => app.By(Bert).TakeReviewAsync(new() { For = TakeReviewOptions.MaxTime + TimeSpan.FromTicks(1) }));
        await Refuses<InvalidQueryException>(() => app.By(Bert).TakeReviewAsync(new() { Type = "a\0b" }));
        await Refuses<WorkValidationException>(() => app.By(Bert).SkipReviewAsync(order.Id, new string('x', 2001)));
        (await app.Reviewer.GetAsync(order.Id, OrderParts.All)).Decisions.Should().HaveCount(before);
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_each_gets_an_order_of_its_own()
    {
        await using var app = await StockApp.StartAsync(databases);
        var orders = new List<Guid>();
        for (var i = 0; i < 24; i++)
        {
            orders.Add((await app.SubmittedAsync($"{i}")).Id);
        }

        var line = new StartingLine(12);
        var taken = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () =>
        {
            await line.WaitAsync();
            var mine = app.By(Actor.User($"reviewer {i}"));
            var first = (await mine.TakeReviewAsync())!.Id;
            await mine.SkipReviewAsync(first);
            return (await mine.TakeReviewAsync())!.Id;
        })));

        taken.Should().OnlyHaveUniqueItems().And.BeSubsetOf(orders);
        (await app.Database.CountAsync("SELECT COUNT(*) FROM work_decisions WHERE decision = 'take' AND superseded_at IS NULL")).Should().Be(12);
        (await app.Database.CountAsync("SELECT COUNT(*) FROM work_decisions WHERE decision = 'skip'")).Should().Be(12);
    }

    private static async Task Refuses<TException>(Func<Task> call)
        where TException : WorkManagerException => await call.Should().ThrowAsync<TException>();

    private static async Task<List<Guid>> ListAsync(StockApp app, Actor actor, PendingApprovalsQuery? query = null) =>
        [.. (await app.By(actor).PendingApprovalsAsync(query)).Items.Select(o => o.Id)];
}

/// <summary>Reviews that are taken beside a lock on their order. On SQLite nobody writes beside it.</summary>
public sealed class TakeReviewBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task The_own_order_is_returned_while_it_is_locked_another_is_passed_over_and_one_that_is_named_is_busy()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (first, second) = (await app.SubmittedEchoAsync(), await app.SubmittedEchoAsync());
        var (dora, emil) = (app.By(Actor.User("dora")), app.By(Actor.User("emil")));
        await dora.TakeReviewAsync();
        await using var locked = await app.HoldAsync($"SELECT 1 FROM work_orders WHERE id = '{first.Id}' FOR UPDATE");

        (await dora.TakeReviewAsync())!.Id.Should().Be(first.Id);
        (await dora.TakeReviewAsync(new() { OrderId = first.Id }))!.Id.Should().Be(first.Id);
        (await emil.TakeReviewAsync())!.Id.Should().Be(second.Id);
        app.Time.Advance(TimeSpan.FromHours(1));
        (await app.By(Actor.User("fritz")).TakeReviewAsync())!.Id.Should().Be(second.Id);
        await FluentActions.Awaiting(() => emil.TakeReviewAsync(new() { OrderId = first.Id })).Should().ThrowAsync<WorkBusyException>();
    }
}

public sealed class TakeReviewOnSqlite(SqliteFixture databases) : TakeReviewSpecification(databases), IOnSqlite;

public sealed class TakeReviewOnPostgreSql(PostgreSqlFixture databases) : TakeReviewSpecification(databases), IOnPostgreSql;
