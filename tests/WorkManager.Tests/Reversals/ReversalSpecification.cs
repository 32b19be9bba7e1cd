using System.Data.Common;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using WorkManager.Tests.Previews;

namespace WorkManager.Tests.Reversals;

/// <summary>Orders that put back what others have changed.</summary>
public abstract class ReversalSpecification(DatabaseFixture databases)
{
    /// <summary>What an apply can do to a stock of two articles, two shelves and a price.</summary>
    private static readonly Dictionary<string, Func<StockContext, Task>> Changes = new()
    {
        ["values of every kind"] = async db =>
        {
            var hammer = await HammerAsync(db);
            (hammer.Name, hammer.Kind, hammer.Size.Width, hammer.Maker!.City) = ("mallet", ArticleKind.Toy, 9, "Oslo");
            db.Entry(hammer).Property("Remark").CurrentValue = "heavy";
            (await db.Prices.SingleAsync()).Amount = 7.25m;
        },
        ["an owned value that comes"] = async db => (await BallAsync(db)).Maker = new Maker { City = "Rome" },
        ["an owned value that goes"] = async db => (await HammerAsync(db)).Maker = null,
        ["an owned value that takes the place of another"] = async db => (await HammerAsync(db)).Maker = new Maker { City = "Rome" },
        ["an owned value that takes the place of another, and changes with a second save"] = async db =>
        {
            var hammer = await HammerAsync(db);
            hammer.Maker = new Maker { City = "Rome" };
            await db.SaveChangesAsync();
            hammer.Maker.City = "Bari";
            hammer.Name = "mallet";
        },
        ["an owned value that comes, and changes with a second save"] = async db =>
        {
            var ball = await BallAsync(db);
            ball.Maker = new Maker { City = "Rome" };
            await db.SaveChangesAsync();
            (ball.Maker.City, ball.Name) = ("Bari", "bat");
        },
        ["an owned value that comes, and goes with a second save"] = async db =>
        {
            var ball = await BallAsync(db);
            (ball.Maker, ball.Name) = (new Maker { City = "Rome" }, "bat");
            await db.SaveChangesAsync();
            ball.Maker = null;
        },
        ["an owned value that comes, and whose place another takes with a second save"] = async db =>
        {
            var ball = await BallAsync(db);
            ball.Maker = new Maker { City = "Rome" };
            await db.SaveChangesAsync();
            ball.Maker = new Maker { City = "Bari" };
        },
        ["an owned value that changes, and whose place another takes with a second save"] = async db =>
        {
            var hammer = await HammerAsync(db);
            hammer.Maker!.City = "Oslo";
            await db.SaveChangesAsync();
            hammer.Maker = new Maker { City = "Rome" };
        },
        ["an owned value that comes, and a row that is deleted with a second save"] = async db =>
        {
            var ball = await BallAsync(db);
            ball.Maker = new Maker { City = "Rome" };
            await db.SaveChangesAsync();
            db.Remove(ball);
        },
        ["a row that is added, deleted and added again"] = async db =>
        {
            Price[] east = [new() { Region = "east", Day = new(2026, 3, 2), Amount = 1 }, new() { Region = "east", Day = new(2026, 3, 2), Amount = 2 }];
            db.Add(east[0]);
            await db.SaveChangesAsync();
            db.Remove(east[0]);
            await db.SaveChangesAsync();
            db.Add(east[1]);
            await db.SaveChangesAsync();
            db.Remove(east[1]);
            await db.SaveChangesAsync();
            db.Add(east[1]);
        },
        ["a new row to which others are moved"] = async db =>
        {
            var best = new Shelf { Name = "best" };
            db.Add(best);
            await db.Shelves.ForEachAsync(s => s.AboveId = best.Id);
        },
        ["a deleted row whose value is a default of its type, and not of the database"] = async db => db.Remove(await db.Set<Batch>().SingleAsync()),
        ["a new row of a derived type, and one that refers to another key of it"] = async db =>
        {
            db.Add(new ColdBatch("c-1") { Degrees = -5, Priority = 3 });
            await db.SaveChangesAsync();
            db.Add(new Label { BatchCode = "c-1" });
        },
        ["rows with keys of the database's, of EF Core's and of two columns"] = async db =>
        {
            var low = new Shelf { Name = "low" };
            db.AddRange(low, new Shelf { Name = "lowest", Above = low }, new Price { Region = "east", Day = new(2026, 3, 2), Amount = 1.5m });
            db.Add(new Article { Name = "saw", Maker = new Maker { City = "Bonn" }, Size = new Size { Width = 4 } });
            await Task.CompletedTask;
        },
        ["a new row that changes with a second save"] = async db =>
        {
            var saw = new Article { Name = "saw" };
            db.Add(saw);
            await db.SaveChangesAsync();
            (saw.Name, saw.Maker) = ("jigsaw", new Maker { City = "Bonn" });
        },
        ["a row that is changed and then deleted, and one that comes and goes"] = async db =>
        {
            var (hammer, passing) = (await HammerAsync(db), new Shelf { Name = "passing" });
            hammer.Name = "mallet";
            db.Add(passing);
            await db.SaveChangesAsync();
            db.RemoveRange(hammer, passing);
            await db.Entry(hammer).Collection(a => a.Shelves).LoadAsync();
        },
        ["a row that is read again in a cleared context"] = async db =>
        {
            (await HammerAsync(db)).Name = "mallet";
            await db.SaveChangesAsync();
            db.ChangeTracker.Clear();
            (await HammerAsync(db)).Name = "sledge";
        },
        ["deleted rows"] = async db => db.RemoveRange(
            await db.Articles.Include(a => a.Shelves).SingleAsync(a => a.Id == 1), await BallAsync(db), await db.Prices.SingleAsync()),
        ["a deleted tree"] = async db =>
        {
            db.RemoveRange(await db.Shelves.Include(s => s.Articles).ToListAsync());
        },
        ["what stands on which shelf"] = async db =>
        {
            var shelves = await db.Shelves.Include(s => s.Articles).OrderBy(s => s.Name).ToListAsync();
            var hammer = shelves.SelectMany(s => s.Articles).Single();
            shelves.ForEach(s => s.Articles.Clear());
            shelves[0].Articles.Add(await BallAsync(db));
            shelves[0].AboveId = null;
            hammer.Name = "mallet";
        },
    };

    public static TheoryData<string> Kinds => [.. Changes.Keys];

    [Theory, MemberData(nameof(Kinds)), Trait("Promise", "P14")]
    public async Task A_reversal_puts_each_row_back_as_it_was(string kind)
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = (_, db, _) => Changes[kind](db);
        var before = await StockAsync(app);
        var order = await AppliedAsync<Sale>(app);
        (await StockAsync(app)).Should().NotBe(before);

        var reversal = await app.By(Anna).ProposeReversalAsync(order.Id, "A mistake.");
        var preview = await app.Reviewer.PreviewAsync(reversal.Id);
        var done = await app.Reviewer.ApproveAsync(reversal.Id, preview.ContentHash);

        (await StockAsync(app)).Should().Be(before);
        (done.State, done.Type, done.ParentOrderId).Should().Be((OrderState.Completed, "stock.sale.reversal", order.Id));
        preview.Changes.Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_reversal_is_submitted_by_its_proposer_at_once_and_tells_its_rows_in_its_preview()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = (_, db, _) => Changes["values of every kind"](db);
        var order = await AppliedAsync<Sale>(app);

        var reversal = await app.By(Anna).ProposeReversalAsync(order.Id, "A mistake.");

        var stored = await app.Reviewer.GetAsync(reversal.Id, OrderParts.All);
        stored.Should().BeEquivalentTo(reversal, o => o.Including(x => x.Id).Including(x => x.State).Including(x => x.SubmittedAt).Including(x => x.ItemsOpen));
        (stored.State, stored.SubmittedAt, stored.RequestedById, stored.ItemsOpen, stored.NextApplyAt).Should().Be(
            (OrderState.Submitted, app.Time.GetUtcNow(), "anna", 0, null));
        stored.Payload.Should().Contain($"{order.Id}").And.Contain("A mistake.");
        var item = stored.Items.Should().ContainSingle().Subject;
        (item.State, item.SubmittedById, item.SubmittedByType, item.LeasedByAgentId).Should().Be((ItemState.Submitted, "anna", ActorType.User, null));
        stored.Events.Where(e => e.ItemId is null).Select(e => e.Event).Should().Equal("proposed", "planned", "checked_out", "in_progress", "submitted");
        (await app.Reviewer.PreviewAsync(reversal.Id)).Changes.Select(c => $"{c.Kind} {c.Row}").Should().BeEquivalentTo(
            "Modified articles:1", """Modified prices:["north","2026-03-01"]""");
        var own = () => app.By(Anna).ApproveAsync(reversal.Id);
        (await own.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(ApprovalDeniedReason.Self);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), Trait("Promise", "P14")]
    public async Task After_later_changes_to_the_same_rows_they_are_named_and_nothing_is_put_back(int later)
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, _) =>
        {
            (await HammerAsync(db)).Name = "mallet";
            (await BallAsync(db)).Size.Width = 8;
        };
        var order = await AppliedAsync<Sale>(app);
        for (var change = 1; change <= later; change++)
        {
            var name = $"axe {change}";
            app.Script.Apply = async (_, db, _) => (await HammerAsync(db)).Name = name;
            await AppliedAsync<Sale>(app);
        }

        var before = await StockAsync(app);
        var proposing = () => app.By(Anna).ProposeReversalAsync(order.Id);
        if (later == 0)
        {
            await app.Reviewer.ApproveAsync((await proposing()).Id);
            (await StockAsync(app)).Should().NotBe(before);
            return;
        }

        var refused = (await proposing.Should().ThrowAsync<ReversalConflictException>()).Which;

        (refused.Code, refused.OrderId).Should().Be(("reversal_conflict", order.Id));
        var conflict = refused.Conflicts.Should().ContainSingle().Subject;
        (conflict.Row, conflict.Name, $"{conflict.Reviewed}", $"{conflict.Now}").Should().Be(("articles:1", "Name", "mallet", $"axe {later}"));
        (await StockAsync(app)).Should().Be(before);
        (await app.Reviewer.ListAsync(new OrderQuery { Type = "stock.sale.reversal" })).Items.Should().BeEmpty();
    }

    [Theory]
    [InlineData("Name", "axe", "mallet", "axe")]
    [InlineData("width", "77", "9", "77")]
    [InlineData("Maker_City", "Rome", "Oslo", "Rome")]
    [InlineData("Remark", null, "heavy", "")]
    [InlineData("Kind", "Tool", "Toy", "Tool")]
    public async Task Each_value_that_the_order_changed_is_compared(string column, string? value, string then, string now)
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = (_, db, _) => Changes["values of every kind"](db);
        var order = await AppliedAsync<Sale>(app);
        var sql = value is null ? "NULL" : int.TryParse(value, out _) ? value : $"'{value}'";
        await app.Database.ExecuteAsync($"UPDATE articles SET \"{column}\" = {sql} WHERE \"Id\" = 1");

        var proposing = () => app.By(Anna).ProposeReversalAsync(order.Id);

        var conflict = (await proposing.Should().ThrowAsync<ReversalConflictException>()).Which.Conflicts.Should().ContainSingle().Subject;
        (conflict.Row, conflict.Name, $"{conflict.Reviewed}", $"{conflict.Now}").Should().Be(("articles:1", column, then, now));
    }

    [Fact]
    public async Task Other_values_of_a_changed_row_and_other_rows_may_change()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, _) => (await HammerAsync(db)).Name = "mallet";
        var order = await AppliedAsync<Sale>(app);
        await app.Database.ExecuteAsync("UPDATE articles SET \"width\" = 50, \"Version\" = 7, \"Secret\" = 's'");

        var reversal = await app.By(Anna).ProposeReversalAsync(order.Id);
        await app.Reviewer.ApproveAsync(reversal.Id);

        (await app.WithAsync(db => db.Articles.OrderBy(a => a.Id).Select(a => $"{a.Name} {a.Size.Width} {a.Version} {a.Secret}").ToListAsync())).Should().Equal(
            "hammer 50 7 s", "ball 50 7 s");
    }

    [Fact]
    public async Task A_row_that_is_gone_or_there_again_or_that_others_refer_to_is_a_conflict()
    {
        await using var app = await WithStockAsync();
        var below = new Shelf { Name = "below" };
        app.Script.Apply = async (_, db, token) =>
        {
            db.Add(below);
            db.Add(new Price { Region = "east", Day = new(2026, 3, 2), Amount = 1 });
            db.Remove(await db.Prices.SingleAsync(token));
        };
        var order = await AppliedAsync<Sale>(app);
        await app.SeedAsync(
            new Shelf { Id = new Guid("11111111-1111-1111-1111-111111111111"), Name = "new", AboveId = below.Id },
            new Price { Region = "north", Day = new(2026, 3, 1), Amount = 3 });
        await app.WithAsync(db => db.Prices.Where(p => p.Region == "east").ExecuteDeleteAsync());
        var before = await StockAsync(app);

        var proposing = () => app.By(Anna).ProposeReversalAsync(order.Id);

        (await proposing.Should().ThrowAsync<ReversalConflictException>()).Which.Conflicts.Select(c => $"{c.Row} {c.Name} {c.Now is null}").Should()
            .BeEquivalentTo(
                """prices:["east","2026-03-02"]  True""", """prices:["north","2026-03-01"]  False""",
                "shelves:11111111-1111-1111-1111-111111111111 AboveId False");
        (await StockAsync(app)).Should().Be(before);
    }

    [Theory]
    [InlineData("batch_notes", "INSERT INTO batch_notes (\"BatchId\", \"Text\") SELECT \"Id\", 'late' FROM batches WHERE \"Code\" = 'b-2'", "Notes")]
    [InlineData("labels", "INSERT INTO labels (\"BatchCode\") VALUES ('b-2')", "BatchCode")]
    public async Task A_row_that_goes_with_one_that_was_added_is_a_conflict(string table, string sql, string name)
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = (_, db, _) =>
        {
            db.Add(new ColdBatch("b-2"));
            return Task.CompletedTask;
        };
        var order = await AppliedAsync<Sale>(app);
        await app.Database.ExecuteAsync(sql);

        var proposing = () => app.By(Anna).ProposeReversalAsync(order.Id);

        (await proposing.Should().ThrowAsync<ReversalConflictException>()).Which.Conflicts.Should().ContainSingle().Which.Name.Should().Be(name);
        (await app.Database.CountAsync($"SELECT COUNT(*) FROM {table}")).Should().Be(1);
    }

    [Theory]
    [InlineData("Previews.Price", "Previews.Gone", "is not in the model any more")]
    [InlineData("\"before\":{\"Amount\"", "\"before\":{\"Sum\"", "does not fit the model")]
    [InlineData("[\"north\",", "[", "other columns")]
    [InlineData("\"2026-03-01\"]", "true]", "does not fit the model")]
    public async Task What_was_kept_of_another_model_cannot_be_put_back(string kept, string other, string message)
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, token) => (await db.Prices.SingleAsync(token)).Amount = 7;
        var order = await AppliedAsync<Sale>(app);
        // As it came in, in the text of a JSON column.
        var changes = (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Single(d => d.Decision == "approve").Changes!;
        changes.Should().Contain(kept);
        var text = changes.Replace(kept, other, StringComparison.Ordinal);
        await app.Database.ExecuteAsync($"UPDATE work_decisions SET changes = '{text}' WHERE decision = 'approve'");

        var proposing = () => app.By(Anna).ProposeReversalAsync(order.Id);

        var refused = (await proposing.Should().ThrowAsync<WorkManagerException>()).Which;
        (refused.Code, refused.Message.Contains(message, StringComparison.Ordinal)).Should().Be(("not_reversible", true), refused.Message);
    }

    [Fact]
    public async Task What_an_interceptor_makes_of_the_values_from_before_is_noticed_and_nothing_is_put_back()
    {
        var stamp = new Stamp();
        await using var app = await StartAsync(context: o => o.AddInterceptors(stamp));
        app.Script.Apply = async (_, db, _) => (await HammerAsync(db)).Name = "mallet";
        var order = await AppliedAsync<Sale>(app);
        var reversal = await app.By(Anna).ProposeReversalAsync(order.Id);
        var before = await StockAsync(app);
        stamp.IsOn = true;

        var approving = () => app.Reviewer.ApproveAsync(reversal.Id);

        (await approving.Should().ThrowAsync<WorkManagerException>()).Which.Message.Should().Contain("did not take the value from before of articles:1 Name");
        (await StockAsync(app)).Should().Be(before);
    }

    [Fact, Trait("Promise", "P14")]
    public async Task What_changes_after_the_proposal_is_a_conflict_of_the_preview_and_of_the_approval_and_nothing_is_half_done()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = (_, db, _) => Changes["values of every kind"](db);
        var order = await AppliedAsync<Sale>(app);
        var reversal = await app.By(Anna).ProposeReversalAsync(order.Id);
        await app.Database.ExecuteAsync("UPDATE prices SET \"Amount\" = 99");
        var before = await StockAsync(app);

        var previewing = () => app.Reviewer.PreviewAsync(reversal.Id);
        var approving = () => app.Reviewer.ApproveAsync(reversal.Id);

        await previewing.Should().ThrowAsync<ReversalConflictException>();
        (await approving.Should().ThrowAsync<ReversalConflictException>()).Which.Conflicts.Should().ContainSingle().Which.Name.Should().Be("Amount");
        (await StockAsync(app)).Should().Be(before);
        var stored = await app.Reviewer.GetAsync(reversal.Id, OrderParts.Events);
        stored.State.Should().Be(OrderState.Submitted);
        stored.ReadError()!.Code.Should().Be("reversal_conflict");
        stored.ReadError()!.Message.Should().Contain("""prices:["north","2026-03-01"] Amount""");
        stored.Events.Last().Should().BeEquivalentTo(new { Event = "failed", ActorId = "bert", OrderId = reversal.Id });
        await app.Database.ExecuteAsync("UPDATE prices SET \"Amount\" = 7.25");

        (await app.Reviewer.ApproveAsync(reversal.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_row_that_is_deleted_softly_is_brought_back_and_query_filters_do_not_hide_it()
    {
        await using var app = await StartAsync(context: o => o.AddInterceptors(new SoftDelete()));
        app.Script.Apply = async (_, db, _) => db.Remove(await HammerAsync(db));
        var before = await StockAsync(app);
        var order = await AppliedAsync<Sale>(app);
        (await StockAsync(app)).Should().Contain("hammer (deleted)");

        await app.Reviewer.ApproveAsync((await app.By(Anna).ProposeReversalAsync(order.Id)).Id);

        (await StockAsync(app)).Should().Be(before);
    }

    [Fact]
    public async Task A_reversal_is_approved_by_the_rules_of_what_it_reverses()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, _) => (await HammerAsync(db)).Name = "mallet";
        var order = await app.SubmittedAsync<Clearance>();
        var hash = (await app.Reviewer.PreviewAsync(order.Id)).ContentHash;
        await Buyer("bert").ApproveAsync(order.Id, hash);
        await Buyer("carl").ApproveAsync(order.Id, hash);
        var reversal = await app.By(Anna).ProposeReversalAsync(order.Id);
        hash = (await app.Reviewer.PreviewAsync(reversal.Id)).ContentHash;

        var withoutRole = () => app.Reviewer.ApproveAsync(reversal.Id, hash);
        (await withoutRole.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(ApprovalDeniedReason.Role);
        (await Buyer("bert").ApproveAsync(reversal.Id, hash)).State.Should().Be(OrderState.Submitted);
        (await Buyer("carl").ApproveAsync(reversal.Id, hash)).State.Should().Be(OrderState.Completed);
        (await app.WithAsync(HammerAsync)).Name.Should().Be("hammer");

        IWorkOrderManager Buyer(string name) => app.By(Actor.User(name).WithRoles("buyer"));
    }

    [Fact]
    public async Task What_a_duty_applied_is_reversed_by_a_duty()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, _) => (await HammerAsync(db)).Name = "mallet";
        var order = await app.SubmittedAsync<Season>();
        await app.Reviewer.ApproveAsync(order.Id);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
        var reversal = await app.By(Anna).ProposeReversalAsync(order.Id);
        (await app.Reviewer.ApproveAsync(reversal.Id)).State.Should().Be(OrderState.Approved);

        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);

        (await app.WithAsync(HammerAsync)).Name.Should().Be("hammer");
    }

    [Fact]
    public async Task An_order_has_one_open_reversal_and_may_have_another_after_it_was_rejected()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, _) => (await HammerAsync(db)).Name = "mallet";
        var order = await AppliedAsync<Sale>(app);
        var first = await app.By(Anna).ProposeReversalAsync(order.Id);
        var proposing = () => app.By(Anna).ProposeReversalAsync(order.Id);

        (await proposing.Should().ThrowAsync<AlreadyOpenException>()).Which.OrderId.Should().Be(first.Id);
        await app.Reviewer.RejectAsync(first.Id, [new RejectionReason("no", "It was right.")]);
        await app.Reviewer.ApproveAsync((await proposing()).Id);

        (await app.WithAsync(HammerAsync)).Name.Should().Be("hammer");
        await proposing.Should().ThrowAsync<ReversalConflictException>("it is put back already");
    }

    [Theory]
    [InlineData("past the tracker")]
    [InlineData("a secret")]
    [InlineData("too many rows")]
    [InlineData("nothing")]
    [InlineData("deleted and added again")]
    [InlineData("what the database deletes by itself")]
    [InlineData("what the database deletes by another key")]
    [InlineData("a token")]
    [InlineData("changed unread")]
    [InlineData("deleted unread")]
    [InlineData("changed while detached")]
    [InlineData("an owned row")]
    public async Task What_cannot_be_put_back_is_said_when_a_reversal_is_proposed_and_the_order_is_applied_all_the_same(string what)
    {
        await using var app = await WithStockAsync(o => o.Review.MaxRows = 3);
        if (what == "what the database deletes by another key")
        {
            await app.SeedAsync(new Label { BatchCode = "b-1" });
        }

        app.Script.Apply = async (_, db, token) =>
        {
            switch (what)
            {
                case "past the tracker":
                    (await HammerAsync(db)).Name = "mallet";
                    await db.Prices.ExecuteUpdateAsync(p => p.SetProperty(x => x.Amount, 1), token);
                    break;
                case "a secret":
                    (await HammerAsync(db)).Secret = "s3cret";
                    break;
                case "what the database deletes by itself":
                    db.Remove(await HammerAsync(db));
                    break;
                case "what the database deletes by another key":
                    db.Remove(await db.Set<Batch>().SingleAsync(token));
                    break;
                case "a token":
                    (await db.Set<Batch>().SingleAsync(token)).Weight = 9;
                    break;
                case "changed unread":
                    db.Update(new Price { Region = "north", Day = new(2026, 3, 1), Amount = 7 });
                    break;
                case "changed while detached":
                    var detached = await db.Prices.SingleAsync(token);
                    db.ChangeTracker.Clear();
                    detached.Amount = 8;
                    db.Update(detached);
                    break;
                case "deleted unread":
                    db.Remove(new Price { Region = "north", Day = new(2026, 3, 1) });
                    break;
                case "an owned row":
                    (await db.Set<Batch>().SingleAsync(token)).Note("heavy");
                    break;
                case "too many rows":
                    db.AddRange(Enumerable.Range(0, 4).Select(i => new Shelf { Name = $"{i}" }));
                    break;
                case "deleted and added again":
                    db.Remove(await db.Prices.SingleAsync(token));
                    await db.SaveChangesAsync(token);
                    db.Add(new Price { Region = "north", Day = new(2026, 3, 1), Amount = 9 });
                    break;
            }
        };
        var order = await AppliedAsync<Sale>(app);

        var proposing = () => app.By(Anna).ProposeReversalAsync(order.Id);

        var refused = (await proposing.Should().ThrowAsync<WorkManagerException>()).Which;
        refused.Code.Should().Be("not_reversible");
        refused.Message.Should().Contain(what switch
        {
            "past the tracker" => "ExecuteUpdate",
            "a secret" => "Secret is redacted",
            "what the database deletes by another key" => "labels: the database deletes rows",
            "a token" => "the concurrency token Weight has changed",
            "changed unread" or "deleted unread" or "changed while detached" => "that no query has read",
            "an owned row" => "batch_notes: an owned value in a row of its own",
            "too many rows" => "more rows than Review.MaxRows, which is 3",
            "what the database deletes by itself" => "articles_shelves: the database deletes rows",
            "nothing" => "changed nothing",
            _ => "added again",
        });
        (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Should().NotContain(d => d.Changes!.Contains("s3cret"));
    }

    [Fact]
    public async Task Orders_that_cannot_be_reversed_are_refused()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, _) => (await HammerAsync(db)).Name = "mallet";
        var (plain, open) = (await AppliedAsync<Restocking>(app), await app.SubmittedAsync<Sale>());
        var done = await AppliedAsync<Clearance>(app, approvers: 2);
        await app.Database.ExecuteAsync("UPDATE work_decisions SET changes = NULL");

        (await Proposing(plain.Id).Should().ThrowAsync<WorkManagerException>()).Which.Message.Should().Contain("'stock.restock' are not reversible");
        (await Proposing(done.Id).Should().ThrowAsync<WorkManagerException>()).Which.Message.Should().Contain("when its type was not reversible");
        await Proposing(open.Id).Should().ThrowAsync<IllegalTransitionException>();
        var byAgent = () => app.By(Actor.Agent("agent-1")).ProposeReversalAsync(done.Id);
        (await byAgent.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(ApprovalDeniedReason.Agent);
        await Proposing(Guid.NewGuid()).Should().ThrowAsync<WorkNotFoundException>();
        (await Proposing(done.Id, new string('x', 2001)).Should().ThrowAsync<WorkValidationException>()).Which.Code.Should().Be("validation_failed");
        var byHand = () => app.By(Anna).ProposeAsync("stock.sale.reversal", JsonDocument.Parse($$"""{"orderId":"{{done.Id}}"}""").RootElement);
        (await byHand.Should().ThrowAsync<WorkValidationException>()).Which.Errors.Should().ContainSingle().Which.Message.Should()
            .Contain("ProposeReversalAsync");

        Func<Task> Proposing(Guid id, string? comment = null) => () => app.By(Anna).ProposeReversalAsync(id, comment);
    }

    [Fact]
    public async Task A_reversal_of_what_is_not_stored_any_more_fails_and_says_so()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, _) => (await HammerAsync(db)).Name = "mallet";
        var order = await AppliedAsync<Sale>(app);
        var reversal = await app.By(Anna).ProposeReversalAsync(order.Id);
        await app.Database.ExecuteAsync("UPDATE work_decisions SET changes = NULL");

        var approving = () => app.Reviewer.ApproveAsync(reversal.Id);

        (await approving.Should().ThrowAsync<WorkManagerException>()).Which.Code.Should().Be("not_reversible");
        (await app.WithAsync(HammerAsync)).Name.Should().Be("mallet");
    }

    private static Actor Anna => Actor.User("anna");

    private static Task<Article> HammerAsync(StockContext db) => db.Articles.SingleAsync(a => a.Id == 1);

    private static Task<Article> BallAsync(StockContext db) => db.Articles.SingleAsync(a => a.Id == 2);

    private static async Task<WorkOrder> AppliedAsync<TOrderType>(StockApp app, int approvers = 1)
        where TOrderType : OrderType
    {
        var order = await app.SubmittedAsync<TOrderType>();
        var hash = (await app.Reviewer.PreviewAsync(order.Id)).ContentHash;
        for (var approver = 1; approver <= approvers; approver++)
        {
            order = await app.By(Actor.User($"approver {approver}").WithRoles("buyer")).ApproveAsync(order.Id, hash ?? null);
        }

        order.State.Should().Be(OrderState.Completed);
        return order;
    }

    private Task<StockApp> WithStockAsync(Action<WorkManagerOptions>? options = null) => StartAsync(options);

    private async Task<StockApp> StartAsync(Action<WorkManagerOptions>? options = null, Action<DbContextOptionsBuilder>? context = null)
    {
        var app = await StockApp.StartAsync(databases, context, options);
        var hammer = new Article { Name = "hammer", Maker = new Maker { City = "Kiel" }, Size = new Size { Width = 3 } };
        hammer.Shelves.Add(new Shelf { Name = "top" });
        await app.SeedAsync(hammer);
        await app.SeedAsync(
            new Article { Name = "ball", Kind = ArticleKind.Toy, Size = new Size { Width = 1 } },
            new Shelf { Name = "middle", AboveId = hammer.Shelves[0].Id },
            new Price { Region = "north", Day = new DateOnly(2026, 3, 1), Amount = 5.0m },
            new Batch("b-1") { Weight = 2.5m, Priority = 7 });
        // A default of its type, which EF Core would leave to the database.
        await app.Database.ExecuteAsync("UPDATE batches SET \"Priority\" = 0");
        return app;
    }

    /// <summary>All rows and columns of the stock.</summary>
    private static async Task<string> StockAsync(StockApp app)
    {
        var text = new StringBuilder();
        await using var connection = await app.Database.OpenConnectionAsync();
        foreach (var table in (string[])["articles", "shelves", "prices", "articles_shelves", "batches", "labels", "batch_notes"])
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table} ORDER BY 1, 2";
            await using DbDataReader reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                text.Append(table);
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    text.Append($" {reader.GetName(i)}={reader.GetValue(i)}");
                }

                text.AppendLine();
            }
        }

        return text.ToString();
    }

    /// <summary>An application that has the last word about names.</summary>
    private sealed class Stamp : SaveChangesInterceptor
    {
        public bool IsOn { get; set; }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            foreach (var entry in eventData.Context!.ChangeTracker.Entries<Article>().Where(e => IsOn && e.State == EntityState.Modified))
            {
                entry.Entity.Name = entry.Entity.Name.ToUpperInvariant();
            }

            return ValueTask.FromResult(result);
        }
    }
}

public sealed class ReversalOnSqlite(SqliteFixture databases) : ReversalSpecification(databases), IOnSqlite;

public sealed class ReversalOnPostgreSql(PostgreSqlFixture databases) : ReversalSpecification(databases), IOnPostgreSql;
