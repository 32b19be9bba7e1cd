using System.Collections.Concurrent;
using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Previews;

namespace WorkManager.Tests.Races;

/// <summary>Approvals at the same moment as others, and as changes of what is approved.</summary>
/// <remarks>By hand more: <c>WORKMANAGER_STALE_RACES</c> (1,000) and <c>WORKMANAGER_APPROVED_ORDERS</c> (500).</remarks>
public abstract class ApprovalsSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const int Approvers = 16;

    private static readonly RejectionReason[] Again = [new("again", "Once more.")];

    [Fact, Trait("Promise", "P18")]
    public async Task What_is_applied_beside_a_change_is_what_was_reviewed_or_nothing()
    {
        await using var app = await StockApp.StartAsync(databases);
        app.Script.Apply = async (apply, db, token) =>
        {
            var shelf = await db.Shelves.SingleAsync(token);
            shelf.Name = $"{shelf.Name} {apply.Items[0].Result.Text}";
        };
        await app.SeedAsync(new Shelf { Name = "start" });
        var (applied, outdated) = (0, 0);
        for (var race = 0; race < Number("WORKMANAGER_STALE_RACES", 12); race++)
        {
            await app.Database.ExecuteAsync("UPDATE shelves SET \"Name\" = 'start'");
            var order = await app.SubmittedAsync("seen");
            var preview = await app.Reviewer.PreviewAsync(order.Id);
            var line = new StartingLine(2);
            var change = Task.Run(async () =>
            {
                await line.WaitAsync();
                return await Record.ExceptionAsync(() => ChangeAsync(app, order.Id, race % 3));
            });
            var approving = await Record.ExceptionAsync(() => Task.Run(async () =>
            {
                await line.WaitAsync();
                await app.Reviewer.ApproveAsync(order.Id, preview.ContentHash);
            }));
            var refused = await change;

            var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
            var name = await app.WithAsync(db => db.Shelves.Select(s => s.Name).SingleAsync());
            if (approving is null)
            {
                applied++;
                stored.State.Should().Be(OrderState.Completed);
                stored.Decisions.Single(d => d.Decision == "approve").ContentHash.Should().Be(preview.ContentHash.ToString());
                // Either the change came after it, or it was refused. It is not under what was applied.
                name.Should().Be(race % 3 == 0 ? "changed" : "start seen");
                (race % 3 == 0 || refused is IllegalTransitionException).Should().BeTrue();
            }
            else
            {
                outdated++;
                approving.Should().Match<Exception>(e => e is StaleReviewException || e is OrderNotReadyException || e is WorkBusyException);
                refused.Should().BeNull();
                stored.Events.Should().NotContain(e => e.Event == "applied");
                name.Should().Be(race % 3 == 0 ? "changed" : "start");
            }
        }

        output.WriteLine($"{applied} applied, {outdated} refused");
    }

    [Fact, Trait("Promise", "P17")]
    public async Task Approvers_and_the_duty_at_once_apply_each_order_once()
    {
        await using var app = await StockApp.StartWithShelvesAsync(databases);
        var orders = Number("WORKMANAGER_APPROVED_ORDERS", 6);
        var answers = new Dictionary<string, int>();
        for (var i = 0; i < orders; i++)
        {
            var order = await app.SubmittedAsync<Recount>($"{i}");
            var hash = (await app.Reviewer.PreviewAsync(order.Id)).ContentHash;
            var line = new StartingLine(Approvers + 2);
            var runs = Enumerable.Range(0, Approvers).Select(n => Task.Run(async () =>
            {
                await line.WaitAsync();
                return await Record.ExceptionAsync(() => app.By(Actor.User($"approver {n}")).ApproveAsync(order.Id, hash));
            })).Concat(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                await line.WaitAsync();
                return await Record.ExceptionAsync(() => app.Maintenance.ApproveDueAsync());
            }))).ToList();
            var failures = (await Task.WhenAll(runs)).Take(Approvers).ToList();
            await app.Maintenance.ApproveDueAsync();

            failures.Count(f => f is null).Should().Be(1);
            failures.OfType<Exception>().Should().OnlyContain(f => f is IllegalTransitionException || f is WorkBusyException);
            foreach (var failure in failures.OfType<WorkManagerException>())
            {
                answers[failure.Code] = answers.GetValueOrDefault(failure.Code) + 1;
            }
        }

        (await app.WithAsync(db => db.Shelves.Select(s => s.Name).ToListAsync())).Should().BeEquivalentTo(
            Enumerable.Range(0, orders).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        (await app.Database.CountAsync("SELECT COUNT(*) FROM work_events WHERE event = 'applied'")).Should().Be(orders);
        (await app.Database.CountAsync("SELECT COUNT(*) FROM work_decisions WHERE decision = 'approve' AND consumed_at IS NOT NULL")).Should().Be(orders);
        output.WriteLine($"{orders} orders, each applied once: {string.Join(", ", answers.Select(a => $"{a.Value} {a.Key}"))}");
    }

    [Fact, Trait("Promise", "P17")]
    public async Task Approvers_the_submit_of_the_last_result_and_the_duty_at_once_apply_each_automatic_order_once()
    {
        await using var app = await StockApp.StartWithShelvesAsync(databases);
        var orders = Number("WORKMANAGER_APPROVED_ORDERS", 6);
        var answers = new ConcurrentDictionary<string, int>();
        var byPeople = 0;
        for (var i = 0; i < orders; i++)
        {
            var text = i.ToString(CultureInfo.InvariantCulture);
            var order = await app.By(Actor.User("anna")).ProposeAsync<Delivery>(new Restock(text));
            var agent = app.By(Actor.Agent("agent-1"));
            var lease = (await agent.CheckoutAsync(new() { OrderId = order.Id }))!;
            // Beside many people, the rule is hardly ever the first; beside none, its two ways are beside each other.
            var approvers = (i % 3) switch { 0 => Approvers, 1 => 1, _ => 0 };
            var line = new StartingLine(approvers + 3);
            var approving = Enumerable.Range(0, approvers).Select(n => Task.Run(async () =>
            {
                await line.WaitAsync();
                return await ApproveWhenReadyAsync(app.By(Actor.User($"approver {n}")), order.Id, answers);
            })).ToList();
            var people = Task.WhenAll(approving);
            var duties = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                await line.WaitAsync();
                do
                {
                    await app.Maintenance.ApproveDueAsync();
                }
                while (!people.IsCompleted);
            })).ToList();
            await line.WaitAsync();
            await agent.SubmitAsync(lease, new Counted(text));
            var approved = (await people).Count(isApproved => isApproved);
            await Task.WhenAll(duties);
            await app.Maintenance.ApproveDueAsync();

            var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
            stored.State.Should().Be(OrderState.Completed);
            stored.Events.Count(e => e.Event == "applied").Should().Be(1);
            var decision = stored.Decisions.Single();
            (decision.Decision, decision.ConsumedAt, decision.SupersededAt).Should().Be(("approve", app.Time.GetUtcNow(), null));
            approved.Should().Be(decision.ActorType == ActorType.User ? 1 : 0, "who is told that the order is approved has approved it");
            byPeople += approved;
        }

        (await app.WithAsync(db => db.Shelves.Select(s => s.Name).ToListAsync())).Should().BeEquivalentTo(
            Enumerable.Range(0, orders).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        if (orders >= 100)
        {
            byPeople.Should().BeInRange(1, orders - 1, "people and the rule are each the first now and then");
        }

        output.WriteLine(
            $"{orders} orders, each applied once, {byPeople} by people: {string.Join(", ", answers.OrderBy(a => a.Key).Select(a => $"{a.Value} {a.Key}"))}");
    }

    /// <summary>Approves an order as soon as it has its result, and counts the answers until then.</summary>
    /// <returns>Whether the approval is this one's.</returns>
    private static async Task<bool> ApproveWhenReadyAsync(IWorkOrderManager approver, Guid orderId, ConcurrentDictionary<string, int> answers)
    {
        while (true)
        {
            try
            {
                await approver.ApproveAsync(orderId);
                return true;
            }
            catch (WorkManagerException refused) when (refused is OrderNotReadyException or IllegalTransitionException or WorkBusyException)
            {
                answers.AddOrUpdate(refused.Code, 1, (_, n) => n + 1);
                if (refused is not OrderNotReadyException)
                {
                    return false;
                }
            }
        }
    }

    private static async Task ChangeAsync(StockApp app, Guid orderId, int kind)
    {
        switch (kind)
        {
            case 0:
                await app.Database.ExecuteAsync("UPDATE shelves SET \"Name\" = 'changed'");
                break;
            case 1:
                await app.By(Actor.User("carl")).ReturnForReworkAsync(orderId, Again);
                var agent = app.By(Actor.Agent("agent-2"));
                await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = orderId }))!, new Counted("another"));
                break;
            default:
                var item = (await app.Reviewer.GetAsync(orderId)).Items.Single();
                await app.By(Actor.User("carl")).EditAsync(item.Id, new Counted("edited"));
                break;
        }
    }

    private static int Number(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : usual;
}

public sealed class ApprovalsOnSqlite(SqliteFixture databases, ITestOutputHelper output) : ApprovalsSpecification(databases, output), IOnSqlite;

public sealed class ApprovalsOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : ApprovalsSpecification(databases, output), IOnPostgreSql;
