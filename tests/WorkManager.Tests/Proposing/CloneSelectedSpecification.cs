using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Operating;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Proposing;

/// <summary>Many dead letters are proposed once more, each once.</summary>
public abstract class CloneSelectedSpecification(DatabaseFixture databases)
{
    private static readonly WorkSelection Echoes = new() { Type = "test.echo" };

    [Fact]
    public async Task Those_that_are_meant_are_cloned_the_longest_given_up_first()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (first, second) = (await DeadAsync(app), await DeadAsync(app));
        app.Time.Advance(TimeSpan.FromHours(1));
        var young = await DeadAsync(app);
        await RetryOrderSpecification.FailedAsync(app);
        var old = Echoes with { OlderThan = TimeSpan.FromMinutes(30) };

        var dry = await app.Maintenance.CloneAsync(old with { DryRun = true });
        var before = await ClonesAsync(app);
        var one = await app.Maintenance.CloneAsync(old with { Limit = 1 }, priority: 9);
        var rest = await app.Maintenance.As(Actor.User("olga")).CloneAsync(old with { Limit = 1 });

        before.Should().BeEmpty();
        (dry.HasMore, dry.Refused.Count).Should().Be((false, 0));
        dry.OrderIds.Should().Equal(first, second);
        (one.OrderIds.Single(), one.HasMore).Should().Be((first, true));
        (rest.OrderIds.Single(), rest.HasMore, rest.Refused.Count).Should().Be((second, false, 0));
        (await ClonesAsync(app)).Select(o => (o.ParentOrderId, o.Priority, o.RequestedById, o.State)).Should().Equal(
            (first, (short)9, "maintenance", OrderState.Queued), (second, (short)0, "olga", OrderState.Queued));
        (await app.Maintenance.CloneAsync(new() { OrderIds = [young] })).OrderIds.Should().Equal(young);
    }

    [Fact]
    public async Task An_order_that_has_a_clone_is_not_cloned_again()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (single, selected) = (await DeadAsync(app), await DeadAsync(app));
        await app.Reviewer.CloneAsync(single);
        var before = await StateAsync(app, selected);

        (await app.Maintenance.CloneAsync(Echoes)).OrderIds.Should().Equal(selected);
        var again = await app.Maintenance.CloneAsync(Echoes);
        var dry = await app.Maintenance.CloneAsync(Echoes with { DryRun = true });

        (again.OrderIds.Count, again.Refused.Count, dry.OrderIds.Count).Should().Be((0, 0, 0));
        (await ClonesAsync(app)).Should().HaveCount(2);
        (await StateAsync(app, selected)).Should().Be(before, "the old order stays as it is");
    }

    [Fact]
    public async Task Of_those_who_clone_the_same_orders_at_once_one_clones_each()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var dead = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            dead.Add(await DeadAsync(app));
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => app.Maintenance.CloneAsync(Echoes))));

        results.SelectMany(r => r.OrderIds).Order().Should().Equal(dead.Order());
        results.SelectMany(r => r.Refused.Values).Should().OnlyContain(refused => refused.Code == "busy");
        (await ClonesAsync(app)).Select(o => o.ParentOrderId!.Value).Order().Should().Equal(dead.Order());
    }

    [Fact]
    public async Task An_order_that_has_got_a_clone_since_it_was_found_is_not_cloned()
    {
        var between = new BeforeTransactions();
        await using var app = await ShopApp.StartAsync(databases, null, null, context => context.AddInterceptors(between));
        var (dead, clone) = (await DeadAsync(app), await app.ProposeEchoAsync());
        var before = await StateAsync(app, dead);
        between.Once = () => app.ReadAsync(db =>
            db.Set<WorkOrder>().Where(o => o.Id == clone.Id).ExecuteUpdateAsync(set => set.SetProperty(o => o.ParentOrderId, dead)));

        var result = await app.Maintenance.CloneAsync(Echoes);

        (result.OrderIds.Count, result.Refused.Count).Should().Be((0, 0));
        (await ClonesAsync(app)).Select(o => o.Id).Should().Equal(clone.Id);
        (await StateAsync(app, dead)).Should().Be(before);
    }

    [Fact]
    public async Task One_that_cannot_be_cloned_stops_no_other()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (bad, gone, good) = (await DeadAsync(app), await DeadAsync(app), await DeadAsync(app));
        await app.ReadAsync(async db =>
            await db.Set<WorkOrder>().Where(o => o.Id == bad).ExecuteUpdateAsync(set => set.SetProperty(o => o.Payload, "{}"))
            + await db.Set<WorkOrder>().Where(o => o.Id == gone).ExecuteUpdateAsync(set => set.SetProperty(o => o.Type, "test.gone")));

        var result = await app.Maintenance.CloneAsync(new() { All = true });

        result.OrderIds.Should().Equal(good);
        result.Refused.Select(r => (r.Key, r.Value.Code)).Should().BeEquivalentTo([(bad, "validation_failed"), (gone, "order_type_not_found")]);
    }

    [Fact]
    public async Task A_clone_whose_unique_key_an_open_order_has_is_refused_and_the_old_order_stays_as_it_is()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var dead = new List<Guid>();
        foreach (var text in (string[])["first", "second"])
        {
            var order = await app.Requester.ProposeAsync(new EchoPayload(text), new() { UniqueKey = "k" });
            await app.Reviewer.CancelAsync(order.Id);
            await app.Reviewer.DeadLetterAsync(order.Id);
            dead.Add(order.Id);
        }

        var before = await StateAsync(app, dead[1]);

        var result = await app.Maintenance.CloneAsync(Echoes);

        result.OrderIds.Should().Equal(dead[0]);
        (result.Refused.Single().Key, result.Refused.Single().Value.Code).Should().Be((dead[1], "already_open"));
        (await StateAsync(app, dead[1])).Should().Be(before);
        (await ClonesAsync(app)).Should().ContainSingle();
    }

    [Fact]
    public async Task An_order_type_that_cannot_be_made_refuses_its_orders_only()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var dead = await DeadAsync(app);
        await using var broken = ShopApp.On(app.Database, builder => builder.Services.AddScoped<Echo>(_ => throw new InvalidOperationException("No request.")));

        var result = await broken.Maintenance.CloneAsync(Echoes);

        (result.Refused.Single().Key, result.Refused.Single().Value.Code).Should().Be((dead, "plan_failed"));
        result.Refused.Single().Value.InnerException!.Message.Should().Be("No request.");
        await app.RefusesAsync<WorkManagerException>("plan_failed", () => broken.Reviewer.CloneAsync(dead));
    }

    [Fact]
    public async Task A_selection_or_priority_out_of_range_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await DeadAsync(app);

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.CloneAsync(new()));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.CloneAsync(Echoes with { DryRun = true }, 101));
        await app.RefusesAsync<ArgumentNullException>(null, () => app.Maintenance.CloneAsync(null!));
    }

    private static Task<List<WorkOrder>> ClonesAsync(ShopApp app) =>
        app.ReadAsync(db => db.Set<WorkOrder>().AsNoTracking().Where(o => o.ParentOrderId != null).OrderBy(o => o.Id).ToListAsync());

    private static async Task<(OrderState State, long Revision, DateTimeOffset UpdatedAt, int Events)> StateAsync(ShopApp app, Guid id)
    {
        var order = await app.OrderAsync(id);
        return (order.State, order.Revision, order.UpdatedAt, order.Events.Count);
    }

    private static async Task<Guid> DeadAsync(ShopApp app)
    {
        var order = await RetryOrderSpecification.FailedAsync(app);
        await app.Reviewer.DeadLetterAsync(order);
        return order;
    }
}

public sealed class CloneSelectedOnSqlite(SqliteFixture databases) : CloneSelectedSpecification(databases), IOnSqlite;

public sealed class CloneSelectedOnPostgreSql(PostgreSqlFixture databases) : CloneSelectedSpecification(databases), IOnPostgreSql;
