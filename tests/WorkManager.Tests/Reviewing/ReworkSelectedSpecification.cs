using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Reviewing;

/// <summary>The results of many orders go back to the queue.</summary>
public abstract class ReworkSelectedSpecification(DatabaseFixture databases)
{
    private static readonly WorkSelection Echoes = new() { Type = "test.echo" };
    private static readonly RejectionReason[] Reasons = [new("blurred", "Take it again.", "photo")];

    [Fact]
    public async Task Those_that_wait_for_review_go_back_with_the_reasons_the_longest_waiting_first()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (first, second) = (await app.SubmittedEchoAsync(), await app.SubmittedEchoAsync());
        var rejected = await app.SubmittedEchoAsync();
        await app.Reviewer.RejectAsync(rejected.Id, Reasons);
        var worked = await app.ProposeEchoAsync();

        var dry = await app.Maintenance.ReturnForReworkAsync(Echoes with { DryRun = true }, Reasons);
        var before = await app.OrderAsync(first.Id);
        var one = await app.Maintenance.ReturnForReworkAsync(Echoes with { Limit = 1 }, Reasons);
        var rest = await app.Maintenance.As(Actor.User("olga")).ReturnForReworkAsync(Echoes with { Limit = 1 }, Reasons);

        before.State.Should().Be(OrderState.Submitted);
        (dry.HasMore, dry.Refused.Count).Should().Be((false, 0));
        dry.OrderIds.Should().Equal(first.Id, second.Id);
        (one.OrderIds.Single(), one.HasMore).Should().Be((first.Id, true));
        (rest.OrderIds.Single(), rest.HasMore, rest.Refused.Count).Should().Be((second.Id, false, 0));
        var stored = await app.OrderAsync(second.Id);
        (stored.State, stored.Items.Single().State, stored.Items.Single().ReworkCount).Should().Be((OrderState.Queued, ItemState.Queued, (short)1));
        stored.Events.Last().ActorId.Should().Be("olga");
        stored.Items.Single().ReadError()!.Details!.Value[0].GetProperty("field").GetString().Should().Be("photo");
        (await app.OrderAsync(rejected.Id)).State.Should().Be(OrderState.Rejected);
        (await app.OrderAsync(worked.Id)).State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task What_was_decided_since_an_order_was_found_counts()
    {
        var between = new BeforeTransactions();
        await using var app = await ShopApp.StartAsync(databases, null, null, context => context.AddInterceptors(between));
        var order = await app.SubmittedEchoAsync();
        between.Once = () => app.ReadAsync(db => db.Set<WorkOrder>().ExecuteUpdateAsync(set => set.SetProperty(o => o.State, OrderState.Rejected)));

        var result = await app.Maintenance.ReturnForReworkAsync(Echoes, Reasons);

        (result.OrderIds.Count, result.Refused.Count).Should().Be((0, 0));
        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.Items.Single().ReworkCount).Should().Be((OrderState.Rejected, (short)0));
    }

    [Fact]
    public async Task One_that_may_not_go_back_stops_no_other()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Retry.MaxReworks = 1);
        var (often, fresh) = (await app.SubmittedEchoAsync(), await app.SubmittedEchoAsync());
        await app.Reviewer.ReturnForReworkAsync(often.Id, Reasons);
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(orderId: often.Id), Steps.Verified);

        var result = await app.Maintenance.ReturnForReworkAsync(Echoes, Reasons);

        result.OrderIds.Should().Equal(fresh.Id);
        (result.Refused.Single().Key, result.Refused.Single().Value.Code).Should().Be((often.Id, "rework_limit"));
        (await app.OrderAsync(often.Id)).State.Should().Be(OrderState.Submitted);
    }

    [Fact]
    public async Task A_selection_that_says_nothing_or_no_reason_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.SubmittedEchoAsync();

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.ReturnForReworkAsync(new(), Reasons));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.ReturnForReworkAsync(Echoes with { DryRun = true }, []));
        await app.RefusesAsync<ArgumentNullException>(null, () => app.Maintenance.ReturnForReworkAsync(null!, Reasons));
        await app.RefusesAsync<ArgumentNullException>(null, () => app.Maintenance.ReturnForReworkAsync(Echoes, null!));
    }
}

public sealed class ReworkSelectedOnSqlite(SqliteFixture databases) : ReworkSelectedSpecification(databases), IOnSqlite;

public sealed class ReworkSelectedOnPostgreSql(PostgreSqlFixture databases) : ReworkSelectedSpecification(databases), IOnPostgreSql;
