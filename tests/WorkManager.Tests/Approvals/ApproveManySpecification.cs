using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Previews;

namespace WorkManager.Tests.Approvals;

/// <summary>Many orders are approved by one call, each for itself.</summary>
public abstract class ApproveManySpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Each_is_applied_or_refused_for_itself_in_the_order_of_the_call()
    {
        await using var app = await StockApp.StartWithShelvesAsync(databases);
        var orders = new List<WorkOrder>();
        foreach (var name in (string[])["third", "without a hash", "outdated", "first", "own"])
        {
            orders.Add(await app.SubmittedAsync(name));
        }

        var previews = new List<OrderPreview>();
        foreach (var order in orders)
        {
            previews.Add(await app.Reviewer.PreviewAsync(order.Id));
        }

        var open = await app.By(Actor.User("anna")).ProposeAsync<Restocking>(new Restock("in work"));
        app.Script.Policy = (order, _) => order.Id == orders[4].Id ? "No." : null;

        var outcomes = await app.Reviewer.ApproveManyAsync(
        [
            new(previews[3]), new(orders[1].Id), new(orders[2].Id, previews[3].ContentHash), new(open.Id), null!, new(Guid.NewGuid()), new(previews[4]),
            new(previews[0]), new(previews[3]),
        ]);

        outcomes.Select(o => o.Error?.Code).Should().Equal(
            null, "content_hash_required", "stale_review", "order_not_ready", "validation_failed", "not_found", "approval_denied", null, "illegal_transition");
        outcomes[0].Value.Should().Match<WorkOrder>(o => o.Id == orders[3].Id && o.State == OrderState.Completed && o.Items.Count == 1);
        (await ShelvesAsync(app)).Should().BeEquivalentTo("first", "third");
        var times = (await Task.WhenAll(orders.Select(o => app.Reviewer.GetAsync(o.Id, OrderParts.All)))).Select(o => o.Events.Max(e => e.Id)).ToList();
        times[3].Should().BeLessThan(times[0], "it came first in the call");
        foreach (var order in orders)
        {
            var isApplied = order == orders[3] || order == orders[0];
            (await app.Reviewer.GetAsync(order.Id)).State.Should().Be(isApplied ? OrderState.Completed : OrderState.Submitted);
        }
    }

    [Fact]
    public async Task An_apply_that_fails_stops_no_other()
    {
        await using var app = await StockApp.StartAsync(databases);
        app.Script.Apply = (apply, db, _) =>
        {
            db.Add(new Shelf { Name = apply.Items[0].Result.Text });
            return apply.Items[0].Result.Text == "bad" ? throw new FormatException("Bad.") : Task.CompletedTask;
        };
        var orders = new List<WorkOrder> { await app.SubmittedAsync("bad"), await app.SubmittedAsync("good") };

        var outcomes = await app.Reviewer.ApproveManyAsync([.. orders.Select(o => new OrderApproval(o.Id))]);

        outcomes.Select(o => o.Error?.Code).Should().Equal("apply_failed", null);
        (await ShelvesAsync(app)).Should().Equal("good");
    }

    [Fact]
    public async Task A_call_that_is_cancelled_leaves_applied_what_was_applied()
    {
        await using var app = await StockApp.StartAsync(databases);
        using var cancel = new CancellationTokenSource();
        app.Script.Apply = (apply, db, _) =>
        {
            db.Add(new Shelf { Name = apply.Items[0].Result.Text });
            return apply.Items[0].Result.Text == "second" ? cancel.CancelAsync() : Task.CompletedTask;
        };
        var orders = new List<WorkOrder>();
        foreach (var name in (string[])["first", "second", "third"])
        {
            orders.Add(await app.SubmittedAsync(name));
        }

        OrderApproval[] approvals = [.. orders.Select(o => new OrderApproval(o.Id))];
        await FluentActions.Awaiting(() => app.Reviewer.ApproveManyAsync(approvals, cancel.Token)).Should().ThrowAsync<OperationCanceledException>();

        (await ShelvesAsync(app)).Should().Equal("first");
        app.Script.Apply = (apply, db, _) =>
        {
            db.Add(new Shelf { Name = apply.Items[0].Result.Text });
            return Task.CompletedTask;
        };
        (await app.Reviewer.ApproveManyAsync(approvals)).Select(o => o.Error?.Code).Should().Equal("illegal_transition", null, null);
        (await ShelvesAsync(app)).Should().BeEquivalentTo("first", "second", "third");
    }

    [Fact]
    public async Task More_than_a_thousand_are_refused_before_any_is_approved()
    {
        await using var app = await StockApp.StartAsync(databases);
        var order = await app.SubmittedAsync();

        var approving = () => app.Reviewer.ApproveManyAsync([.. Enumerable.Repeat(new OrderApproval(order.Id), 1001)]);

        (await approving.Should().ThrowAsync<WorkValidationException>()).Which.Code.Should().Be("validation_failed");
        (await app.Reviewer.GetAsync(order.Id)).State.Should().Be(OrderState.Submitted);
        (await app.Reviewer.ApproveManyAsync([])).Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_wrong_with_the_call_is_thrown_and_is_no_outcome()
    {
        await using var app = await StockApp.StartAsync(databases);
        var order = await app.SubmittedAsync();

        await app.WithAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            var approving = () => app.Reviewer.In(db).ApproveManyAsync([new(order.Id)]);
            (await approving.Should().ThrowAsync<WorkManagerException>()).Which.Code.Should().Be("transaction_not_allowed");
            return true;
        });
    }

    [Fact]
    public async Task A_preview_that_is_cut_off_makes_no_approval()
    {
        await using var app = await StockApp.StartAsync(databases, options: o => o.Review.MaxRows = 1);
        app.Script.Apply = (_, db, _) =>
        {
            db.AddRange(new Shelf { Name = "one" }, new Shelf { Name = "two" });
            return Task.CompletedTask;
        };
        var preview = await app.Reviewer.PreviewAsync((await app.SubmittedAsync()).Id);

        preview.IsCutOff.Should().BeTrue();
        FluentActions.Invoking(() => new OrderApproval(preview)).Should().Throw<WorkValidationException>();
    }

    private static Task<List<string>> ShelvesAsync(StockApp app) => app.WithAsync(db => db.Shelves.Select(s => s.Name).ToListAsync());
}

public sealed class ApproveManyOnSqlite(SqliteFixture databases) : ApproveManySpecification(databases), IOnSqlite;

public sealed class ApproveManyOnPostgreSql(PostgreSqlFixture databases) : ApproveManySpecification(databases), IOnPostgreSql;
