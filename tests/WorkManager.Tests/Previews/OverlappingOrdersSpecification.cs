using System.Globalization;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;

namespace WorkManager.Tests.Previews;

/// <summary>Orders in review that change the same rows are named in each other's preview.</summary>
/// <remarks>The result of an order says what its apply changes: numbers of articles, regions of prices, and <c>+</c> for rows that it adds.</remarks>
public abstract class OverlappingOrdersSpecification(DatabaseFixture databases)
{
    private const string Oddly = "n\"ör\\d, 1";

    [Fact]
    public async Task Two_orders_that_change_the_same_rows_name_each_other()
    {
        await using var app = await WithStockAsync();
        var (first, second) = (await app.SubmittedAsync("1 2 3 north"), await app.SubmittedAsync<Recount>("north 3 4 2"));

        var alone = await app.Reviewer.PreviewAsync(first.Id);
        var later = await app.Reviewer.PreviewAsync(second.Id);
        var again = await app.Reviewer.PreviewAsync(first.Id);

        string[] shared = ["articles:2", "articles:3", """prices:["north","2026-03-01"]"""];
        alone.OverlappingOrders.Should().BeEmpty();
        later.OverlappingOrders.Should().BeEquivalentTo([new OverlappingOrder(first.Id, "stock.restock", OrderState.Submitted, shared, 3)]);
        again.OverlappingOrders.Should().BeEquivalentTo([new OverlappingOrder(second.Id, "stock.recount", OrderState.Submitted, shared, 3)]);
        // They are no part of what is approved.
        again.ContentHash.Should().Be(alone.ContentHash);
        (await app.Reviewer.ApproveAsync(first.Id, alone.ContentHash)).State.Should().Be(OrderState.Completed);
        again.ToText().Should().Contain($"! also changed by stock.recount {second.Id} (submitted): {shared[0]}, {shared[1]}, {shared[2]}\n");
        alone.ToText().Should().NotContain("also changed");
        JsonNode.Parse(again.ToJson())!["overlappingOrders"]!.ToJsonString().Should().Be(new JsonArray(new JsonObject
        {
            ["orderId"] = second.Id, ["orderType"] = "stock.recount", ["state"] = "submitted", ["rows"] = new JsonArray([.. shared.Select(s => (JsonNode?)s)]), ["rowCount"] = 3,
        }).ToJsonString());
    }

    [Fact]
    public async Task Only_orders_in_review_are_named()
    {
        await using var app = await WithStockAsync();
        var seen = await SeenAsync(app, await app.SubmittedAsync<Recount>("1"), await app.SubmittedAsync("1"), await app.SubmittedAsync("1"), await app.SubmittedAsync("1"),
            await app.SubmittedAsync("1"), await app.SubmittedAsync("1"));
        var last = await app.SubmittedAsync("1");
        await app.Reviewer.ApproveAsync(seen[0].OrderId, seen[0].ContentHash);
        await app.Reviewer.ApproveAsync(seen[1].OrderId, seen[1].ContentHash);
        await app.Reviewer.RejectAsync(seen[2].OrderId, [new RejectionReason("no", "No.")]);
        await app.Reviewer.CancelAsync(seen[3].OrderId);
        await app.Reviewer.ReturnForReworkAsync(seen[4].OrderId, [new RejectionReason("again", "Once more.")]);

        var preview = await app.Reviewer.PreviewAsync(last.Id);

        preview.OverlappingOrders.Select(o => (o.OrderId, o.State)).Should().Equal((seen[5].OrderId, OrderState.Submitted), (seen[0].OrderId, OrderState.Approved));
        // What it showed before it was returned is what is known of it.
        var agent = app.By(Actor.Agent("agent-2"));
        await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = seen[4].OrderId }))!, new Counted("2"));
        (await app.Reviewer.PreviewAsync(last.Id)).OverlappingOrders.Should().HaveCount(3).And.Contain(o => o.OrderId == seen[4].OrderId);
        await app.Reviewer.PreviewAsync(seen[4].OrderId);
        (await app.Reviewer.PreviewAsync(last.Id)).OverlappingOrders.Should().HaveCount(2);
    }

    [Fact]
    public async Task Orders_of_other_tenants_are_not_named()
    {
        await using var app = await WithStockAsync();
        var (mine, foreign, own) = (
            await app.SubmittedAsync<Restocking>("1", tenant: "acme"), await app.SubmittedAsync<Restocking>("1", tenant: "globex"),
            await app.SubmittedAsync<Restocking>("1", tenant: "acme"));
        var reviewer = Actor.User("bert");
        await app.By(reviewer, "acme").PreviewAsync(mine.Id);
        await app.By(reviewer, "globex").PreviewAsync(foreign.Id);

        var preview = await app.By(reviewer, "acme").PreviewAsync(own.Id);
        var ofAll = await app.ByForAllTenants(reviewer).PreviewAsync(own.Id);

        preview.OverlappingOrders.Should().ContainSingle().Which.OrderId.Should().Be(mine.Id);
        ofAll.OverlappingOrders.Should().ContainSingle().Which.OrderId.Should().Be(mine.Id);
    }

    [Fact]
    public async Task The_latest_preview_of_an_order_counts_and_no_earlier_one()
    {
        await using var app = await WithStockAsync();
        var moving = await app.SubmittedAsync("x");
        var (one, two) = (await app.SubmittedAsync("1"), await app.SubmittedAsync("2"));
        foreach (var at in (string[])["1", "2", "1", "1"])
        {
            app.Script.Apply = ApplyAsync(to: at);
            await app.Reviewer.PreviewAsync(moving.Id);
            app.Script.Apply = ApplyAsync();

            (await app.Reviewer.PreviewAsync(one.Id)).OverlappingOrders.Select(o => o.OrderId).Should().Equal(at == "1" ? [moving.Id] : []);
            (await app.Reviewer.PreviewAsync(two.Id)).OverlappingOrders.Select(o => o.OrderId).Should().Equal(at == "2" ? [moving.Id] : []);
        }

        // What was shown last is not kept again.
        (await app.Reviewer.GetAsync(moving.Id, OrderParts.Decisions)).Decisions.Should().HaveCount(3);
    }

    [Fact]
    public async Task Rows_that_are_added_do_not_count()
    {
        await using var app = await WithStockAsync();
        var (first, second) = (await app.SubmittedAsync("+ 1"), await app.SubmittedAsync("+ 2"));
        await app.Reviewer.PreviewAsync(first.Id);

        var preview = await app.Reviewer.PreviewAsync(second.Id);

        preview.Changes.Should().Contain(row => row.Row == "new:shelves:1");
        preview.OverlappingOrders.Should().BeEmpty();
    }

    [Fact]
    public async Task Rows_of_any_name_are_found()
    {
        await using var app = await WithStockAsync();
        await app.SeedAsync(new Price { Region = Oddly, Day = new DateOnly(2026, 3, 1) });
        app.Script.Apply = async (apply, db, token) =>
        {
            (await db.Prices.SingleAsync(p => p.Region == Oddly, token)).Amount = 7;
            // PostgreSQL keeps such a text, and cannot read it.
            apply.Describe(WorkDiff.Empty("\0"));
        };
        var (first, second) = (await app.SubmittedAsync(), await app.SubmittedAsync());
        await app.Reviewer.PreviewAsync(first.Id);

        var preview = await app.Reviewer.PreviewAsync(second.Id);

        preview.OverlappingOrders.Should().ContainSingle().Which.Rows.Should().Equal(preview.Changes.Single().Row).And.ContainMatch("prices:[*");
    }

    [Fact]
    public async Task Many_rows_are_counted_and_the_first_of_them_named()
    {
        await using var app = await WithStockAsync(articles: 12);
        var (first, second) = (await app.SubmittedAsync("1 2 3 4 5 6 7 8 9 10 11"), await app.SubmittedAsync("12 11 10 9 8 7 6 5 4 3 2 1"));
        await app.Reviewer.PreviewAsync(first.Id);

        var preview = await app.Reviewer.PreviewAsync(second.Id);

        var other = preview.OverlappingOrders.Should().ContainSingle().Subject;
        other.Rows.Should().Equal(
            "articles:1", "articles:10", "articles:11", "articles:2", "articles:3", "articles:4", "articles:5", "articles:6", "articles:7", "articles:8");
        other.RowCount.Should().Be(11);
        preview.ToText().Should().Contain("articles:7, articles:8 and 1 more\n");
    }

    [Fact]
    public async Task An_order_without_a_kept_preview_is_not_known()
    {
        await using var app = await WithStockAsync(options: o => o.Review.MaxRows = 2);
        var (unseen, cutOff, one) = (await app.SubmittedAsync("1"), await app.SubmittedAsync("1 2 3"), await app.SubmittedAsync("1"));
        (await app.Reviewer.PreviewAsync(cutOff.Id)).IsCutOff.Should().BeTrue();

        (await app.Reviewer.PreviewAsync(one.Id)).OverlappingOrders.Should().BeEmpty();

        // What a preview that is cut off shows is compared all the same.
        (await app.Reviewer.PreviewAsync(cutOff.Id)).OverlappingOrders.Should().ContainSingle().Which.OrderId.Should().Be(one.Id);
        (await app.Reviewer.GetAsync(unseen.Id)).State.Should().Be(OrderState.Submitted);
    }

    [Fact]
    public async Task Of_very_large_previews_only_the_latest_are_looked_at()
    {
        await using var app = await WithStockAsync();
        var orders = new[] { await app.SubmittedAsync("1"), await app.SubmittedAsync("1"), await app.SubmittedAsync("1") };
        await SeenAsync(app, orders[..2]);
        var large = databases.Provider == Provider.Sqlite
            ? "json_set(changes, '$.description', hex(randomblob(9000000)))"
            : "(changes::jsonb || jsonb_build_object('description', (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 800000) AS i)))::json";
        await app.Database.ExecuteAsync($"UPDATE work_decisions SET changes = {large} WHERE order_id = '{(databases.Provider == Provider.Sqlite
            ? orders[0].Id.ToString().ToUpperInvariant() : orders[0].Id)}'");

        (await app.Reviewer.PreviewAsync(orders[2].Id)).OverlappingOrders.Should().ContainSingle().Which.OrderId.Should().Be(orders[1].Id);
    }

    private static async Task<List<OrderPreview>> SeenAsync(StockApp app, params WorkOrder[] orders)
    {
        var seen = new List<OrderPreview>();
        foreach (var order in orders)
        {
            seen.Add(await app.Reviewer.PreviewAsync(order.Id));
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        return seen;
    }

    private async Task<StockApp> WithStockAsync(int articles = 4, Action<WorkManagerOptions>? options = null)
    {
        var app = await StockApp.StartAsync(databases, options: options);
        for (var n = 1; n <= articles; n++)
        {
            await app.SeedAsync(new Article { Name = string.Create(CultureInfo.InvariantCulture, $"a{n}") });
        }

        await app.SeedAsync(new Price { Region = "north", Day = new DateOnly(2026, 3, 1), Amount = 5 });
        app.Script.Apply = ApplyAsync();
        return app;
    }

    private static Func<ApplyContext<Restock, Restock, Counted>, StockContext, CancellationToken, Task> ApplyAsync(string? to = null) => async (apply, db, token) =>
    {
        foreach (var part in (to ?? apply.Items[0].Result.Text).Split(' '))
        {
            if (part == "+")
            {
                db.Add(new Shelf { Name = "new" });
            }
            else if (int.TryParse(part, CultureInfo.InvariantCulture, out var id))
            {
                (await db.Articles.SingleAsync(a => a.Id == id, token)).Name += "!";
            }
            else
            {
                (await db.Prices.SingleAsync(p => p.Region == part, token)).Amount++;
            }
        }
    };
}

public sealed class OverlappingOrdersOnSqlite(SqliteFixture databases) : OverlappingOrdersSpecification(databases), IOnSqlite;

public sealed class OverlappingOrdersOnPostgreSql(PostgreSqlFixture databases) : OverlappingOrdersSpecification(databases), IOnPostgreSql;
