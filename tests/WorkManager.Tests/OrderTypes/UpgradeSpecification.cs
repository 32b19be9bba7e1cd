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
