using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.OrderTypes;

/// <summary>Orders outlive the versions of their order types.</summary>
public abstract class UpgradeSpecification(DatabaseFixture databases)
{
    public sealed record PriceV1(string Text, int Cents);

    public sealed record PriceV2(string Label, decimal Amount);

    public sealed record Checked(bool Ok);

    [Fact]
    public async Task A_payload_of_an_older_version_is_brought_up_before_any_hook_sees_it()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var old = ShopApp.On(database, b => b.AddOrderType<Prices1>());
        var order = await old.Requester.ProposeAsync(new PriceV1("tea", 250));
        order.TypeVersion.Should().Be(1);
        await old.Agent("agent-1").SubmitAsync(await old.LeaseAsync(), new Checked(true));

        await using var current = ShopApp.On(database, b => b.AddOrderType<Prices2>());
        await current.Reviewer.ApproveAsync(order.Id);
        var newer = await current.Requester.ProposeAsync(new PriceV2("coffee", 3.5m));
        await current.Agent("agent-1").SubmitAsync(await current.LeaseAsync(), new Checked(true));
        await current.Reviewer.ApproveAsync(newer.Id);

        newer.TypeVersion.Should().Be(2);
        var (item, newerItem) = ((await current.OrderAsync(order.Id)).Items.Single(), (await current.OrderAsync(newer.Id)).Items.Single());
        (item.TypeVersion, item.ResultVersion, newerItem.TypeVersion, newerItem.ResultVersion).Should().Be((1, 1, 2, 2));
        (await current.ReadAsync(db => db.Ledger.OrderBy(l => l.Id).Select(l => l.Text).ToListAsync())).Should().Equal("TEA 2.5", "coffee 3.5");
        (await current.OrderAsync(order.Id)).Payload.Should().Contain("cents", "what was proposed stays as it was");
    }

    [Fact]
    public async Task A_payload_of_a_newer_version_is_read_as_far_as_it_is_known()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var newer = ShopApp.On(database, b => b.AddOrderType<EchoWithMood>());
        var order = await newer.Requester.ProposeAsync(new MoodyEcho("hello", "happy"));

        await using var older = ShopApp.On(database, b => b.AddOrderType<PlainEcho>());
        await older.Agent("agent-1").SubmitAsync(await older.LeaseAsync(), new Checked(true));
        await older.Reviewer.ApproveAsync(order.Id);

        (await older.LedgerAsync(order.Id)).Should().Equal("hello");
        var item = (await older.OrderAsync(order.Id)).Items.Single();
        (item.TypeVersion, item.ResultVersion).Should().Be((2, 1), "an item is of the version that planned it, its result of the one that checked it");
    }

    [Fact]
    public async Task A_result_of_a_newer_version_may_lack_what_this_version_needs()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var newer = ShopApp.On(database, b => b.AddOrderType<Renamed2>());
        var order = await newer.Requester.ProposeAsync(new Note("a"));
        await newer.Agent("a").SubmitAsync((await newer.Agent("a").CheckoutAsync())!, new Counted(7));

        await using var older = ShopApp.On(database, b => b.AddOrderType<Renamed1>());
        await older.Reviewer.ApproveAsync(order.Id);

        (await older.LedgerAsync(order.Id)).Should().Equal("votes 0");
    }

    [Fact]
    public async Task Inputs_and_results_of_an_older_version_are_brought_up_too()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var old = ShopApp.On(database, b => b.AddOrderType<Survey1>());
        var orders = new List<WorkOrder>();
        for (var i = 0; i < 2; i++)
        {
            orders.Add(await old.Requester.ProposeAsync(new AskV1("red", "blue")));
        }

        await old.Agent("a").SubmitManyAsync<VoteV1>(
            [.. (await old.Agent("a").CheckoutManyAsync(2, new() { OrderId = orders[0].Id })).Select((l, i) => new Submission<VoteV1>(l, new(i + 1)))]);
        var early = (await old.Agent("a").CheckoutAsync(new() { OrderId = orders[1].Id }))!;

        await using var current = ShopApp.On(database, b => b.AddOrderType<Survey2>());
        var late = (await current.Agent("a").CheckoutAsync(new() { OrderId = orders[1].Id }))!;
        Assert.Equal(new ColorV2("BLUE"), late.Input<ColorV2>());
        Assert.Equal("blue", JsonNode.Parse(late.Item.Input)!["name"]!.GetValue<string>());
        await current.Agent("a").SubmitAsync(late, new VoteV2("4", "BLUE"));
        // By the token: the input is read from the database for the check.
        await current.Agent("a").SubmitAsync(early.Token, new VoteV2("3", "RED"));
        await current.Reviewer.ApproveAsync(orders[0].Id);
        await current.Reviewer.ApproveAsync(orders[1].Id);

        Assert.Equal(["RED 1, BLUE 2", "RED 1, BLUE 2"], (await current.LedgerAsync(orders[0].Id)));
        Assert.Equal(["RED 3, BLUE 4", "RED 3, BLUE 4"], (await current.LedgerAsync(orders[1].Id)));
    }

    [Fact]
    public async Task An_upgrade_that_fails_has_a_code_and_keeps_no_lease_from_its_holder()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var old = ShopApp.On(database, b => b.AddOrderType<Survey1>());
        var bad = await old.Requester.ProposeAsync(new AskV1("throws"));
        var good = await old.Requester.ProposeAsync(new AskV1("red"));

        await using var current = ShopApp.On(database, b => b.AddOrderType<Survey2>());
        var agent = current.Agent("a");
        var leases = await agent.CheckoutManyAsync(2);
        var results = await agent.SubmitManyAsync<VoteV2>([.. leases.Select(l => new Submission<VoteV2>(l.Token, new("1", "RED")))]);

        Assert.Equal([bad.Id, good.Id], leases.Select(l => l.OrderId));
        var unread = Assert.Throws<WorkManagerException>(() => leases[0].Input<ColorV2>());
        Assert.Equal("unreadable_document", unread.Code);
        Assert.IsType<TimeoutException>(unread.InnerException);
        Assert.Equal("unreadable_document", results[0].Error!.Code);
        Assert.True(results[1].Succeeded);
        await agent.ReleaseAsync(leases[0]);
    }

    [Fact]
    public async Task A_document_without_what_its_class_needs_is_unreadable_and_nothing_is_applied()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var old = ShopApp.On(database, b => b.AddOrderType<Renamed1>());
        var order = await old.Requester.ProposeAsync(new Note("a"));
        await old.Agent("a").SubmitAsync((await old.Agent("a").CheckoutAsync())!, new VoteV1(7));

        await using var withVersion = ShopApp.On(database, b => b.AddOrderType<Renamed2>());
        await using var withoutVersion = ShopApp.On(database, b => b.AddOrderType<RenamedInPlace>());
        foreach (var current in (ShopApp[])[withVersion, withoutVersion])
        {
            var refused = await Assert.ThrowsAsync<WorkManagerException>(() => current.Reviewer.ApproveAsync(order.Id));
            Assert.Equal("unreadable_document", refused.Code);
            Assert.Contains("count", refused.InnerException!.Message, StringComparison.Ordinal);
            Assert.Equal(OrderState.Submitted, (await current.OrderAsync(order.Id)).State);
            Assert.Empty(await current.LedgerAsync(order.Id));
        }
    }

    [Fact]
    public async Task Reading_as_another_class_is_an_error_and_not_zeros()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeAsync(new EchoPayload("hello"), new() { Priority = 9 });
        await app.Requester.ProposeAsync(Batches.Payload(1));
        var leases = await app.Agent("a").CheckoutManyAsync(2);

        Assert.Equal("hello", leases[0].Input<EchoPayload>().Message);
        Assert.Equal("hello", ((EchoPayload)leases[0].Input<object>()).Message);
        Assert.Equal("hello", leases[0].Input<System.Text.Json.JsonElement>().GetProperty("message").GetString());
        Assert.Equal("hello", leases[0].Input<JsonObject>()["message"]!.GetValue<string>());
        foreach (var read in (Action[])
            [() => leases[0].Input<Note>(), () => leases[0].Input<Batch>(), () => leases[1].Input<EchoPayload>(), () => leases[0].Input<int>()])
        {
            Assert.Equal("type_mismatch", Assert.Throws<WorkManagerException>(read).Code);
        }

        // The entities do not know their order types. They tell a class by what it needs.
        var order = await app.OrderAsync(leases[0].OrderId);
        Assert.Equal("hello", order.ReadPayload<EchoPayload>().Message);
        foreach (var read in (Action[])
            [
                () => order.ReadPayload<Note>(), () => order.Items.Single().ReadInput<BatchPayload>(), () => leases[0].Item.ReadInput<Loose>(),
                () => order.ReadPayload<string>(),
            ])
        {
            Assert.Equal("type_mismatch", Assert.Throws<WorkManagerException>(read).Code);
        }

        var item = await app.Agent("a").SubmitAsync(leases[0], Steps.Verified);
        Assert.Equal(Steps.Verified, item.ReadResult<EchoResult>());
        Assert.Equal("type_mismatch", Assert.Throws<WorkManagerException>(() => item.ReadResult<BatchResult>()).Code);
        Assert.Null(leases[1].Item.ReadResult<BatchResult>());
    }

    public sealed record Counted(int Count);

    [OrderType("test.renamed")]
    public sealed class Renamed1(ShopContext db) : OrderType<Note, VoteV1>
    {
        protected override Task ApplyAsync(ApplyContext<Note, Note, VoteV1> apply, CancellationToken cancellationToken)
        {
            db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = $"votes {apply.Items[0].Result.Votes}" });
            return Task.CompletedTask;
        }
    }

    /// <summary>Nobody thought of the upgrade.</summary>
    [OrderType("test.renamed", Version = 2)]
    public sealed class Renamed2(ShopContext db) : RenamedTo(db);

    /// <summary>Nobody thought of the version.</summary>
    [OrderType("test.renamed")]
    public sealed class RenamedInPlace(ShopContext db) : RenamedTo(db);

    public abstract class RenamedTo(ShopContext db) : OrderType<Note, Counted>
    {
        protected override Task ApplyAsync(ApplyContext<Note, Note, Counted> apply, CancellationToken cancellationToken)
        {
            db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = $"{apply.Items[0].Result.Count}" });
            return Task.CompletedTask;
        }
    }

    /// <summary>All of its members may be missing.</summary>
    public sealed class Loose
    {
        public int Count { get; set; }
    }

    public sealed record AskV1(params string[] Names);

    public sealed record NameV1(string Name);

    public sealed record VoteV1(int Votes);

    public sealed record AskV2(string[] Names);

    public sealed record ColorV2(string Color);

    public sealed record VoteV2(string Count, string Color);

    [OrderType("test.survey")]
    public sealed class Survey1 : OrderType<AskV1, NameV1, VoteV1>
    {
        protected override IEnumerable<PlannedItem<NameV1>> Plan(AskV1 payload) => payload.Names.Select(n => Item(new NameV1(n)));

        protected override Task ApplyAsync(ApplyContext<AskV1, NameV1, VoteV1> apply, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    [OrderType("test.survey", Version = 2)]
    public sealed class Survey2(ShopContext db) : OrderType<AskV2, ColorV2, VoteV2>
    {
        public override JsonObject UpgradeInput(JsonObject input, int fromVersion) => input["name"]!.GetValue<string>() is not "throws" and var name
            ? new JsonObject { ["color"] = name.ToUpperInvariant() }
            : throw new TimeoutException();

        public override JsonObject UpgradeResult(JsonObject result, int fromVersion) =>
            new() { ["count"] = $"{result["votes"]}", ["color"] = fromVersion == 1 ? "?" : "wrong" };

        protected override void ValidateResult(ResultContext<ColorV2, VoteV2> item)
        {
            if (item.Result.Color != item.Input.Color)
            {
                item.Fail("color", "other", "It is another color.");
            }
        }

        protected override Task ApplyAsync(ApplyContext<AskV2, ColorV2, VoteV2> apply, CancellationToken cancellationToken)
        {
            Write(apply);
            return Task.CompletedTask;
        }

        protected override async Task AfterApplyAsync(ApplyContext<AskV2, ColorV2, VoteV2> apply, CancellationToken cancellationToken)
        {
            Write(apply);
            await db.SaveChangesAsync(cancellationToken);
        }

        private void Write(ApplyContext<AskV2, ColorV2, VoteV2> apply) => db.Ledger.Add(new LedgerEntry
        {
            OrderId = apply.OrderId, Text = string.Join(", ", apply.Items.Select(i => $"{i.Input.Color} {i.Result.Count}")),
        });
    }

    [OrderType("test.prices")]
    public sealed class Prices1 : OrderType<PriceV1, Checked>
    {
        protected override Task ApplyAsync(ApplyContext<PriceV1, PriceV1, Checked> apply, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    [OrderType("test.prices", Version = 2)]
    public sealed class Prices2(ShopContext db) : OrderType<PriceV2, Checked>
    {
        public override JsonObject Upgrade(JsonObject payload, int fromVersion)
        {
            fromVersion.Should().Be(1);
            return new JsonObject { ["label"] = payload["text"]!.GetValue<string>().ToUpperInvariant(), ["amount"] = payload["cents"]!.GetValue<int>() / 100m };
        }

        protected override void ReadyForApproval(ReviewContext<PriceV2, PriceV2, Checked> review) => review.Payload.Label.Should().NotBeNull();

        protected override Task ApplyAsync(ApplyContext<PriceV2, PriceV2, Checked> apply, CancellationToken cancellationToken)
        {
            db.Ledger.Add(
                new LedgerEntry { OrderId = apply.OrderId, Text = FormattableString.Invariant($"{apply.Payload.Label} {apply.Payload.Amount:0.##}") });
            return Task.CompletedTask;
        }
    }

    public sealed record MoodyEcho(string Message, string Mood);

    [OrderType("test.moody", Version = 2)]
    public sealed class EchoWithMood : OrderType<MoodyEcho, Checked>
    {
        protected override Task ApplyAsync(ApplyContext<MoodyEcho, MoodyEcho, Checked> apply, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    public sealed record PlainMessage(string Message);

    [OrderType("test.moody")]
    public sealed class PlainEcho(ShopContext db) : OrderType<PlainMessage, Checked>
    {
        protected override Task ApplyAsync(ApplyContext<PlainMessage, PlainMessage, Checked> apply, CancellationToken cancellationToken)
        {
            db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = apply.Payload.Message });
            return Task.CompletedTask;
        }
    }
}

public sealed class UpgradeOnSqlite(SqliteFixture databases) : UpgradeSpecification(databases), IOnSqlite;

public sealed class UpgradeOnPostgreSql(PostgreSqlFixture databases) : UpgradeSpecification(databases), IOnPostgreSql;
