using System.Data.Common;
using AwesomeAssertions;
using WorkManager.Tests.Shop;
using WorkManager.Tests.Support;

namespace WorkManager.Tests.Persistence;

/// <summary>What the unique indexes keep apart, and what they let pass.</summary>
public abstract class UniquenessSpecification(DatabaseFixture databases)
{
    [Theory]
    [InlineData(OrderState.Queued, false)]
    [InlineData(OrderState.Submitted, false)]
    [InlineData(OrderState.Failed, false)]
    [InlineData(OrderState.Completed, true)]
    [InlineData(OrderState.Rejected, true)]
    [InlineData(OrderState.DeadLettered, true)]
    public async Task A_key_can_be_used_again_once_its_order_is_closed(OrderState state, bool isFree)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (before, after) = (Rows.Order(), Rows.Order());
        (before.UniqueKey, before.State, after.UniqueKey) = ("key", state, "key");
        await InsertAsync(app, before);

        await ShouldBeAsync(isFree, () => InsertAsync(app, after));

        (await app.OrderAsync(before.Id)).UniqueKey.Should().Be("key", "it says what the order was about");
    }

    [Fact]
    public async Task A_key_is_unique_within_a_tenant_and_a_type()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (order, otherTenant, otherType) = (Rows.Order(), Rows.Order(), Rows.Order());
        order.UniqueKey = otherTenant.UniqueKey = otherType.UniqueKey = "key";
        otherTenant.TenantId = "acme";
        otherType.Type = "another";

        await InsertAsync(app, order);
        await InsertAsync(app, otherTenant);
        await InsertAsync(app, otherType);
    }

    [Theory]
    [InlineData("a", "a", "bert", false)]
    [InlineData("a", "b", "bert", true)]
    [InlineData("a", "a", "carl", true)]
    [InlineData(null, null, "bert", false)]
    [InlineData(null, "a", "bert", true)]
    public async Task An_actor_has_one_live_approval_for_a_content(string? first, string? second, string who, bool isFree)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var before = Approval(order, first, "bert");
        await InsertAsync(app, before);

        await ShouldBeAsync(isFree, () => InsertAsync(app, Approval(order, second, who)));
    }

    [Fact]
    public async Task A_replaced_approval_leaves_its_place()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var before = Approval(order, "a", "bert");
        before.SupersededAt = app.Time.GetUtcNow();

        await InsertAsync(app, before);
        await InsertAsync(app, Approval(order, "a", "bert"));
    }

    private static async Task ShouldBeAsync(bool isFree, Func<Task> insert)
    {
        if (isFree)
        {
            await insert();
        }
        else
        {
            await insert.Should().ThrowAsync<DbException>();
        }
    }

    private static Task InsertAsync(ShopApp app, object row) => Writing.InAsync(app, async unit =>
    {
        unit.Insert(row);
        await unit.SaveAsync();
    });

    private static WorkDecision Approval(WorkOrder order, string? content, string who) => new()
    {
        Id = Guid.CreateVersion7(), OrderId = order.Id, Decision = "approve", ActorType = ActorType.User, ActorId = who,
        ContentHash = content is null ? null : new string(content[0], 64), CreatedAt = DateTimeOffset.UnixEpoch,
    };
}

public sealed class UniquenessOnSqlite(SqliteFixture databases) : UniquenessSpecification(databases), IOnSqlite;

public sealed class UniquenessOnPostgreSql(PostgreSqlFixture databases) : UniquenessSpecification(databases), IOnPostgreSql;
