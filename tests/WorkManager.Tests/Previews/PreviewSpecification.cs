using System.Data;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Tests.Previews;

/// <summary>What a preview tells, and that an approval by its hash applies exactly that, or nothing.</summary>
public abstract class PreviewSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Promise", "P14")]
    public async Task A_preview_tells_each_row_and_leaves_none()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, token) =>
        {
            var hammer = await db.Articles.SingleAsync(a => a.Name == "hammer", token);
            (hammer.Name, hammer.Kind, hammer.Size.Width, hammer.Maker!.City, hammer.Secret) = ("mallet", ArticleKind.Toy, 9, "Oslo", "s3cret");
            db.Entry(hammer).Property("Remark").CurrentValue = "heavy";
            db.Remove(await db.Articles.SingleAsync(a => a.Name == "ball", token));
            (await db.Prices.SingleAsync(token)).Amount = 7.5m;
            var low = new Shelf { Name = "low" };
            db.AddRange(low, new Shelf { Name = "high", Above = low });
            var saw = new Article { Name = "saw", Maker = new Maker { City = "Bonn" } };
            saw.Shelves.Add(low);
            db.Add(saw);
        };
        var order = await app.SubmittedAsync();
        var before = await StockAsync(app);

        var preview = await app.Reviewer.PreviewAsync(order.Id);

        Told(preview).Should().Equal(
            """Added new:shelves:1 AboveId:  > ; Id:  > "new:shelves:1"; Name:  > "low";""",
            """Added new:shelves:2 AboveId:  > "new:shelves:1"; Id:  > "new:shelves:2"; Name:  > "high";""",
            """Added new:articles:1 Id:  > "new:articles:1"; Kind:  > "Tool"; Maker_City:  > "Bonn"; Name:  > "saw"; Remark:  > ; Secret:  > ; width:  > 0;""",
            """Modified articles:1 Kind: "Tool" > "Toy"; Maker_City: "Kiel" > "Oslo"; Name: "hammer" > "mallet"; Remark:  > "heavy"; Secret:  > "(redacted)"; width: 3 > 9;""",
            """Modified prices:["north","2026-03-01"] Amount: 5.0 > 7.5;""",
            """Deleted articles:2 Id: 2 > ; Kind: "Toy" > ; Name: "ball" > ; Remark:  > ; Secret:  > ; width: 1 > ;""",
            """Added new:articles_shelves:1 ArticlesId:  > "new:articles:1"; ShelvesId:  > "new:shelves:1";""");
        preview.Tables.Should().BeEquivalentTo(
            [new TableSummary("articles", 1, 1, 1), new("prices", 0, 1, 0), new("shelves", 2, 0, 0), new("articles_shelves", 1, 0, 0)]);
        preview.ContentHash.Should().NotBeNull();
        (await StockAsync(app)).Should().Be(before);
        (await app.Reviewer.GetAsync(order.Id)).State.Should().Be(OrderState.Submitted);
    }

    [Fact, Trait("Promise", "P14")]
    public async Task Two_previews_of_the_same_have_one_hash_and_an_approval_by_it_applies_what_was_shown()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, token) =>
        {
            var hammer = await db.Articles.SingleAsync(a => a.Name == "hammer", token);
            (hammer.Name, hammer.Version, hammer.UpdatedAt) = ("mallet", hammer.Version + 1, DateTime.UtcNow);
            var shelf = new Shelf { Name = "low" };
            db.Add(shelf);
            // The second save changes a row of the first one.
            await db.SaveChangesAsync(token);
            shelf.Name = "lower";
        };
        var order = await app.SubmittedAsync();
        var first = await app.Reviewer.PreviewAsync(order.Id);

        var second = await app.Reviewer.PreviewAsync(order.Id, new() { Since = first.ContentHash });
        var done = await app.Reviewer.ApproveAsync(order.Id, second.ContentHash);

        (second.ContentHash, second.Since.Count, done.State).Should().Be((first.ContentHash, 0, OrderState.Completed));
        Told(second).Should().Contain(row => row.StartsWith("Added new:shelves:1", StringComparison.Ordinal) && row.Contains("\"lower\"", StringComparison.Ordinal));
        (await app.WithAsync(db => db.Shelves.Select(s => s.Name).ToListAsync())).Should().Equal("lower");
        var decisions = (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions;
        decisions.Select(d => (d.Decision, d.ContentHash, d.ConsumedAt is not null)).Should().BeEquivalentTo(
            [("preview", first.ContentHash.ToString(), false), ("approve", first.ContentHash.ToString(), true)]);
    }

    [Fact, Trait("Promise", "P14")]
    public async Task An_approval_of_what_has_changed_since_is_refused_with_the_differences_and_nothing_is_applied()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, token) => (await db.Articles.SingleAsync(a => a.Id == 1, token)).Name = "mallet";
        var order = await app.SubmittedAsync();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        await app.WithAsync(db => db.Articles.Where(a => a.Id == 1).ExecuteUpdateAsync(a => a.SetProperty(x => x.Name, "axe")));
        var before = await StockAsync(app);

        var approving = () => app.Reviewer.ApproveAsync(order.Id, preview.ContentHash);

        var stale = (await approving.Should().ThrowAsync<StaleReviewException>()).Which;
        stale.Code.Should().Be("stale_review");
        var difference = stale.Differences.Should().ContainSingle().Subject;
        (difference.Row, difference.Name, difference.Reviewed!.ToJsonString(), difference.Now!.ToJsonString()).Should().Be(
            ("articles:1", "Name", """{"before":"hammer","after":"mallet"}""", """{"before":"axe","after":"mallet"}"""));
        (await StockAsync(app)).Should().Be(before);
        (await app.Reviewer.GetAsync(order.Id)).State.Should().Be(OrderState.Submitted);
        var again = await app.Reviewer.PreviewAsync(order.Id, new() { Since = preview.ContentHash });
        again.Since.Should().ContainSingle().Which.Row.Should().Be("articles:1");
        (await app.Reviewer.ApproveAsync(order.Id, again.ContentHash)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_change_of_another_column_or_row_does_not_make_a_review_outdated()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, token) => (await db.Articles.SingleAsync(a => a.Id == 1, token)).Name = "mallet";
        var order = await app.SubmittedAsync();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        await app.WithAsync(db => db.Articles.ExecuteUpdateAsync(a => a.SetProperty(x => x.Secret, "other").SetProperty(x => x.Version, 9)));
        await app.WithAsync(db => db.Articles.Where(a => a.Id == 2).ExecuteUpdateAsync(a => a.SetProperty(x => x.Name, "bat")));

        (await app.Reviewer.ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task Another_result_makes_a_review_outdated()
    {
        await using var app = await WithStockAsync();
        var order = await app.SubmittedAsync("old");
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        await app.Reviewer.ReturnForReworkAsync(order.Id, [new RejectionReason("again", "Once more.")]);
        var agent = app.By(Actor.Agent("agent-2"));
        await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = order.Id }))!, new Counted("new"));

        var approving = () => app.Reviewer.ApproveAsync(order.Id, preview.ContentHash);

        (await approving.Should().ThrowAsync<StaleReviewException>()).Which.Differences.Should().ContainSingle().Which.Name.Should().Be("results");
    }

    [Fact]
    public async Task A_redacted_value_is_part_of_the_content_and_is_told_nowhere()
    {
        await using var app = await WithStockAsync();
        var secret = "first";
        app.Script.Apply = async (_, db, token) => (await db.Articles.SingleAsync(a => a.Id == 1, token)).Secret = secret;
        var order = await app.SubmittedAsync();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        secret = "second";

        var approving = () => app.Reviewer.ApproveAsync(order.Id, preview.ContentHash);

        (await approving.Should().ThrowAsync<StaleReviewException>()).Which.Differences.Should().ContainSingle().Which.Name.Should().Be("redacted");
        secret = "first";
        await app.Reviewer.ApproveAsync(order.Id, preview.ContentHash);
        foreach (var (table, columns) in ((string, string)[])[("work_decisions", "changes"), ("work_events", "diff")])
        {
            (await app.Database.CountAsync($"SELECT COUNT(*) FROM {table} WHERE CAST({columns} AS TEXT) LIKE '%redacted%'")).Should().Be(1);
            (await app.Database.CountAsync($"SELECT COUNT(*) FROM {table} WHERE CAST({columns} AS TEXT) LIKE '%first%'")).Should().Be(0);
        }
    }

    [Fact]
    public async Task What_goes_past_the_tracker_is_named_with_its_number_of_rows()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, token) =>
        {
            await db.Articles.ExecuteUpdateAsync(a => a.SetProperty(x => x.Name, "all"), token);
            await db.Prices.ExecuteDeleteAsync(token);
            await db.Database.ExecuteSqlRawAsync("UPDATE articles SET width = 4 WHERE width = 3", token);
        };
        var order = await app.SubmittedAsync();

        var preview = await app.Reviewer.PreviewAsync(order.Id);

        preview.Unseen.Select(u => (u.Kind, u.Rows)).Should().Equal(("execute_update", 2), ("execute_delete", 1), ("sql", 1));
        preview.Unseen[0].Sql.Should().Contain("articles");
        preview.Changes.Should().BeEmpty();
        preview.ToText().Should().Contain("! execute_update, 2 rows, not shown: UPDATE");
        await app.SeedAsync(new Article { Name = "third" });
        var approving = () => app.Reviewer.ApproveAsync(order.Id, preview.ContentHash);
        (await approving.Should().ThrowAsync<StaleReviewException>()).Which.Differences.Should().ContainSingle().Which.Name.Should().Be("unseen");
    }

    [Theory]
    [InlineData(ReviewRequirement.IfPreviewed, false, true)]
    [InlineData(ReviewRequirement.IfPreviewed, true, false)]
    [InlineData(ReviewRequirement.Always, false, false)]
    [InlineData(ReviewRequirement.Never, true, true)]
    public async Task The_order_type_says_whether_an_approval_names_what_was_reviewed(ReviewRequirement requirement, bool isPreviewed, bool isApproved)
    {
        await using var app = await WithStockAsync();
        app.Script.Review = requirement;
        var order = await app.SubmittedAsync();
        if (isPreviewed)
        {
            await app.Reviewer.PreviewAsync(order.Id);
        }

        var approving = () => app.Reviewer.ApproveAsync(order.Id);

        if (isApproved)
        {
            (await approving()).State.Should().Be(OrderState.Completed);
        }
        else
        {
            (await approving.Should().ThrowAsync<StaleReviewException>()).Which.Code.Should().Be("content_hash_required");
            var preview = await app.Reviewer.PreviewAsync(order.Id);
            (await app.Reviewer.ApproveAsync(order.Id, preview.ContentHash)).State.Should().Be(OrderState.Completed);
        }
    }

    [Fact]
    public async Task A_hash_that_no_preview_of_the_order_gave_is_refused()
    {
        await using var app = await WithStockAsync();
        var (order, other) = (await app.SubmittedAsync("one"), await app.SubmittedAsync("two"));
        var hash = (await app.Reviewer.PreviewAsync(other.Id)).ContentHash;

        var approving = () => app.Reviewer.ApproveAsync(order.Id, hash);
        var previewing = () => app.Reviewer.PreviewAsync(order.Id, new() { Since = hash });

        (await approving.Should().ThrowAsync<StaleReviewException>()).Which.Differences.Should().BeEmpty();
        (await previewing.Should().ThrowAsync<StaleReviewException>()).Which.Code.Should().Be("stale_review");
    }

    [Fact]
    public async Task A_preview_that_is_cut_off_has_no_hash()
    {
        await using var app = await WithStockAsync(options => options.Review.MaxRows = 2);
        app.Script.Apply = (_, db, _) =>
        {
            db.AddRange(Enumerable.Range(0, 5).Select(n => new Shelf { Name = $"s{n}" }));
            return Task.CompletedTask;
        };
        var order = await app.SubmittedAsync();

        var preview = await app.Reviewer.PreviewAsync(order.Id);

        (preview.IsCutOff, preview.ContentHash, preview.Changes.Count, preview.Tables.Single().Added).Should().Be((true, null, 2, 5));
        preview.ToText().Should().Contain("this preview cannot be approved");
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_preview_fails_where_the_apply_would()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = (_, _, _) => throw new InvalidOperationException("a bug");
        var order = await app.SubmittedAsync();

        var previewing = () => app.Reviewer.PreviewAsync(order.Id);

        (await previewing.Should().ThrowAsync<ApplyFailedException>()).WithInnerException<InvalidOperationException>().WithMessage("a bug");
        app.Script.Apply = (_, db, _) =>
        {
            db.Add(new Price { Region = "north", Day = new DateOnly(2026, 3, 1), Amount = 1 });
            return Task.CompletedTask;
        };
        await previewing.Should().ThrowAsync<ApplyFailedException>();
        var after = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
        (after.State, after.ApplyAttempts, after.Decisions.Count).Should().Be((OrderState.Submitted, 0, 0));
        after.Events.Should().NotContain(e => e.Event == "apply_failed");
    }

    [Fact]
    public async Task What_the_order_type_has_against_an_approval_is_told_with_the_preview()
    {
        await using var app = await WithStockAsync();
        app.Script.Ready = review => review.NotReady("The inventory is not over.");
        var order = await app.SubmittedAsync();

        var preview = await app.Reviewer.PreviewAsync(order.Id);

        preview.Obstacles.Should().Equal("The inventory is not over.");
        preview.ContentHash.Should().NotBeNull();
    }

    [Fact]
    public async Task A_preview_that_takes_too_long_is_rolled_back()
    {
        await using var app = await WithStockAsync(options => options.Review.TimeLimit = TimeSpan.FromSeconds(5));
        app.Script.Apply = async (_, db, token) =>
        {
            db.Add(new Shelf { Name = "never" });
            await db.SaveChangesAsync(token);
            app.Time.Advance(TimeSpan.FromSeconds(6));
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        };
        var order = await app.SubmittedAsync();

        var previewing = () => app.Reviewer.PreviewAsync(order.Id);

        (await previewing.Should().ThrowAsync<WorkLimitException>()).Which.Code.Should().Be("preview_too_slow");
        (await app.WithAsync(db => db.Shelves.CountAsync())).Should().Be(0);
    }

    [Fact]
    public async Task What_interceptors_stamp_and_delete_softly_is_told_as_it_is_saved()
    {
        await using var app = await WithStockAsync(context: options => options.AddInterceptors(new SoftDelete()));
        app.Script.Apply = async (_, db, token) => db.Remove(await db.Articles.SingleAsync(a => a.Id == 2, token));
        var order = await app.SubmittedAsync();

        var preview = await app.Reviewer.PreviewAsync(order.Id);

        Told(preview).Should().Equal("""Modified articles:2 Name: "ball" > "ball (deleted)";""");
        await app.Reviewer.ApproveAsync(order.Id, preview.ContentHash);
        (await app.WithAsync(db => db.Articles.IgnoreQueryFilters().SingleAsync(a => a.Id == 2))).Name.Should().Be("ball (deleted)");
    }

    [Fact]
    public async Task What_is_not_the_same_in_a_second_run_is_named()
    {
        await using var app = await WithStockAsync();
        var stamp = 0;
        app.Script.Apply = async (apply, db, token) =>
        {
            var article = await db.Articles.SingleAsync(a => a.Id == 1, token);
            (article.Name, article.Size.Width, article.UpdatedAt) = ("mallet", 10 + ++stamp, new DateTime(2026, 1, stamp, 0, 0, 0, DateTimeKind.Utc));
            db.Add(new Shelf { Id = apply.NewId(), Name = $"{apply.Now:O}" });
        };
        var order = await app.SubmittedAsync();

        var unasked = await app.Reviewer.PreviewAsync(order.Id);
        var asked = await app.Reviewer.PreviewAsync(order.Id, new() { Verify = true });

        unasked.NotRepeatable.Should().BeEmpty();
        var difference = asked.NotRepeatable.Should().ContainSingle().Subject;
        (difference.Row, difference.Name, difference.Reviewed!["after"]!.ToString(), difference.Now!["after"]!.ToString()).Should().Be(("articles:1", "width", "12", "13"));
        (await app.WithAsync(db => db.Shelves.CountAsync())).Should().Be(0);
    }

    [Fact]
    public async Task A_value_that_shares_a_row_comes_goes_and_is_replaced_without_the_row()
    {
        await using var app = await WithStockAsync();
        await app.SeedAsync(new Article { Name = "saw", Maker = new Maker { City = "Ulm" } });
        app.Script.Apply = async (_, db, token) =>
        {
            (await db.Articles.SingleAsync(a => a.Name == "hammer", token)).Maker = null;
            (await db.Articles.SingleAsync(a => a.Name == "ball", token)).Maker = new Maker { City = "Rom" };
            var saw = await db.Articles.SingleAsync(a => a.Name == "saw", token);
            (saw.Name, saw.Maker) = ("fretsaw", new Maker { City = "Bern" });
        };
        var order = await app.SubmittedAsync();

        var preview = await app.Reviewer.PreviewAsync(order.Id);

        Told(preview).Should().BeEquivalentTo(
            """Modified articles:1 Maker_City: "Kiel" > ;""", """Modified articles:2 Maker_City:  > "Rom";""",
            """Modified articles:3 Maker_City: "Ulm" > "Bern"; Name: "saw" > "fretsaw";""");
        await app.Reviewer.ApproveAsync(order.Id, preview.ContentHash);
        (await app.WithAsync(db => db.Articles.OrderBy(a => a.Id).Select(a => a.Maker == null ? null : a.Maker.City).ToListAsync())).Should().Equal(null, "Rom", "Bern");
        var diff = WorkDiff.Parse((await app.Reviewer.GetAsync(order.Id, OrderParts.Events)).Events.Single(e => e.Event == "applied").Diff!);
        diff.Before["articles:3"]!.ToJsonString().Should().Contain("Ulm").And.Contain("saw");
        diff.After["articles:3"]!.ToJsonString().Should().Contain("Bern").And.Contain("fretsaw");
        diff.After["articles:1"]!["Maker_City"].Should().BeNull();
    }

    [Fact]
    public async Task A_row_that_is_added_and_deleted_again_was_never_there()
    {
        await using var app = await WithStockAsync();
        app.Script.Apply = async (_, db, token) =>
        {
            var (shelf, article) = (new Shelf { Name = "short" }, await db.Articles.Include(a => a.Shelves).SingleAsync(a => a.Id == 1, token));
            article.Shelves.Add(shelf);
            await db.SaveChangesAsync(token);
            article.Shelves.Remove(shelf);
            await db.SaveChangesAsync(token);
            db.Remove(shelf);
            await db.SaveChangesAsync(token);
            article.Name = "mallet";
        };
        var order = await app.SubmittedAsync();

        var preview = await app.Reviewer.PreviewAsync(order.Id, new() { Verify = true });

        Told(preview).Should().Equal("""Modified articles:1 Name: "hammer" > "mallet";""");
        preview.NotRepeatable.Should().BeEmpty();
    }

    [Fact]
    public async Task A_preview_refuses_an_order_that_cannot_be_approved()
    {
        await using var app = await WithStockAsync();
        var order = await app.By(Actor.User("anna")).ProposeAsync<Restocking>(new Restock("early"));

        await app.Awaiting(a => a.Reviewer.PreviewAsync(order.Id)).Should().ThrowAsync<OrderNotReadyException>();
        await app.Awaiting(a => a.Reviewer.PreviewAsync(Guid.NewGuid())).Should().ThrowAsync<WorkNotFoundException>();
        await app.By(Actor.User("anna")).CancelAsync(order.Id);
        await app.Awaiting(a => a.Reviewer.PreviewAsync(order.Id)).Should().ThrowAsync<IllegalTransitionException>();
    }

    private async Task<StockApp> WithStockAsync(Action<WorkManagerOptions>? options = null, Action<DbContextOptionsBuilder>? context = null)
    {
        var app = await StockApp.StartAsync(databases, context, options);
        await app.SeedAsync(
            new Article { Name = "hammer", Maker = new Maker { City = "Kiel" }, Size = new Size { Width = 3 } });
        await app.SeedAsync(
            new Article { Name = "ball", Kind = ArticleKind.Toy, Size = new Size { Width = 1 } },
            new Price { Region = "north", Day = new DateOnly(2026, 3, 1), Amount = 5.0m });
        return app;
    }

    private static Task<string> StockAsync(StockApp app) => app.WithAsync(async db =>
        string.Join('\n', (await db.Articles.AsNoTracking().OrderBy(a => a.Id).ToListAsync()).Select(a => $"{a.Id} {a.Name} {a.Secret} {a.Version} {a.Size.Width}"))
        + $" {await db.Shelves.CountAsync()} {await db.Prices.SumAsync(p => (double)p.Amount)}");

    // What an approval is for; the order of columns does not count.
    private static IEnumerable<string> Told(OrderPreview preview) => preview.Changes.Select(row =>
        $"{row.Kind} {row.Row} {string.Join(' ', row.Values.Where(v => v.IsReviewed).OrderBy(v => v.Name, StringComparer.Ordinal).Select(v => $"{v.Name}: {v.Before?.ToJsonString()} > {v.After?.ToJsonString()};"))}");
}

/// <summary>What PostgreSQL would check at the commit.</summary>
public sealed class PreviewAndDeferredConstraints(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_preview_fails_by_a_constraint_that_the_commit_would_check()
    {
        await using var app = await StockApp.StartAsync(databases);
        await app.Database.ExecuteAsync("ALTER TABLE shelves ADD CONSTRAINT shelves_once UNIQUE (\"Name\") DEFERRABLE INITIALLY DEFERRED");
        app.Script.Apply = (_, db, _) =>
        {
            db.AddRange(new Shelf { Name = "twice" }, new Shelf { Name = "twice" });
            return Task.CompletedTask;
        };
        var order = await app.SubmittedAsync();

        var previewing = () => app.Reviewer.PreviewAsync(order.Id);

        (await previewing.Should().ThrowAsync<ApplyFailedException>()).WithInnerException<Npgsql.PostgresException>().Which.ConstraintName.Should().Be("shelves_once");
        (await app.WithAsync(db => db.Shelves.CountAsync())).Should().Be(0);
    }
}

public sealed class PreviewOnSqlite(SqliteFixture databases) : PreviewSpecification(databases), IOnSqlite;

public sealed class PreviewOnPostgreSql(PostgreSqlFixture databases) : PreviewSpecification(databases), IOnPostgreSql;
