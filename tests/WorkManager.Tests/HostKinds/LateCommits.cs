using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>
/// A commit can still be running on the server when its connection is lost: a deferred trigger works, or a replica is waited for. Asked at once, the database
/// does not know of it yet. The answer to the caller is the truth all the same.
/// </summary>
public sealed class LateCommits(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    // The end of the text belongs to it: the level of a transaction is READ COMMITTED.
    private const string Commit = "COMMIT\0";

    // How often each case is repeated: WORKMANAGER_LATE_COMMITS=50 dotnet test …
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("WORKMANAGER_LATE_COMMITS"), out var rounds) ? rounds : 1;

    private const string ByClockOfTheDatabase = "propose by the clock of the database";

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static readonly Dictionary<string, Func<World, Task>> Cases = new(StringComparer.Ordinal)
    {
        ["propose"] = async w =>
        {
            var order = await w.CutAsync("work_provenances", () => w.App.Requester.ProposeAsync(new Note("cut")));
            (await w.App.OrderAsync(order.Id)).Events.Select(e => e.Event).Should().Equal("proposed", "planned");
        },
        [ByClockOfTheDatabase] = async w =>
        {
            var orders = await w.CutAsync("work_provenances", () => w.App.Requester.ProposeManyAsync<Note>([new(new Note("a")), new(new Note("b"))]));
            foreach (var order in orders.Select(o => o.Value))
            {
                var (given, stored) = (order.Items.Single(), (await w.App.OrderAsync(order.Id)).Items.Single());
                (given.AvailableAt, given.ReadyAt).Should().Be((stored.AvailableAt, stored.ReadyAt));
            }
        },
        ["propose with a key"] = async w =>
        {
            var key = new ProposeOptions { UniqueKey = $"cut {w.Line.Lost}", IfOpen = OpenOrder.RaisePriority, Priority = 5 };
            var order = await w.CutAsync(Commit, () => w.App.Requester.ProposeAsync(new Note("cut"), key));
            order.Items.Should().ContainSingle();
            (await w.App.OrderAsync(order.Id)).Events.Select(e => e.Event).Should().Equal("proposed", "planned");
            var raised = await w.CutAsync(Commit, () => w.App.Requester.ProposeAsync(new Note("cut"), key with { Priority = 50 }));
            raised.Id.Should().Be(order.Id);
            (await w.App.EventsAsync(order.Id)).Should().Equal("proposed", "planned", "rescheduled");
            var many = await w.CutAsync(Commit, () => w.App.Requester.ProposeManyAsync<Note>(
                [new(new Note("a"), new() { UniqueKey = $"a {w.Line.Lost}" }), new(new Note("b"), new() { UniqueKey = $"b {w.Line.Lost}" })]));
            many.Should().OnlyContain(o => o.Error == null);
        },
        ["take and skip a review"] = async w =>
        {
            var order = await w.SubmittedAsync();
            (await w.CutAsync(Commit, () => w.App.Reviewer.TakeReviewAsync(new() { OrderId = order })))!.Id.Should().Be(order);
            (await w.DecisionsAsync(order)).Should().Equal("take");
            await w.CutAsync(Commit, async () =>
            {
                await w.App.Reviewer.SkipReviewAsync(order);
                return true;
            });
            (await w.DecisionsAsync(order)).Should().BeEquivalentTo("take", "skip");
        },
        ["reject"] = async w =>
        {
            var order = await w.SubmittedAsync();
            var rejected = await w.CutAsync(Commit, () => w.App.Reviewer.RejectAsync(order, [new RejectionReason("wrong", "Do it again.")]));
            rejected.State.Should().Be(OrderState.Rejected);
            (await w.DecisionsAsync(order)).Should().Equal("reject");
        },
        ["rework"] = async w =>
        {
            var order = await w.SubmittedAsync();
            var returned = await w.CutAsync(Commit, () => w.App.Reviewer.ReturnForReworkAsync(order, [new RejectionReason("wrong", "Do it again.")]));
            returned.State.Should().Be(OrderState.Queued);
            (await w.DecisionsAsync(order)).Should().Equal("rework");
        },
        ["retry"] = async w =>
        {
            var order = await w.FailedAsync();
            var retried = await w.CutAsync(Commit, () => w.App.Reviewer.RetryAsync(order));
            retried.State.Should().Be(OrderState.Queued);
            (await w.App.EventsAsync(order)).Count(e => e == "requeued").Should().Be(2, "one of the item, one of the order");
        },
        ["dead letter and clone"] = async w =>
        {
            var order = await w.FailedAsync();
            var dead = await w.CutAsync(Commit, () => w.App.Reviewer.DeadLetterAsync(order));
            dead.State.Should().Be(OrderState.DeadLettered);
            (await w.App.EventsAsync(order)).Count(e => e == "dead_lettered").Should().Be(2, "one of the item, one of the order");
            var clone = await w.CutAsync(Commit, () => w.App.Reviewer.CloneAsync(order));
            (await w.App.EventsAsync(clone.Id)).Should().Equal("proposed", "planned");
            (await w.App.Requester.ListAsync()).Items.Count(o => o.ParentOrderId == order).Should().Be(1);
        },
        ["retry, dead letter, clone and rework by selection"] = async w =>
        {
            var order = await w.FailedAsync();
            var retried = await w.CutAsync(Commit, () => w.App.Maintenance.RetryAsync(new() { OrderIds = [order] }));
            (retried.OrderIds.SingleOrDefault(), retried.Refused.Count).Should().Be((order, 0));
            order = await w.FailedAsync();
            var dead = await w.CutAsync(Commit, () => w.App.Maintenance.DeadLetterAsync(new() { OrderIds = [order] }));
            (dead.OrderIds.SingleOrDefault(), dead.Refused.Count).Should().Be((order, 0));
            var cloned = await w.CutAsync(Commit, () => w.App.Maintenance.CloneAsync(new() { OrderIds = [order] }));
            (cloned.OrderIds.SingleOrDefault(), cloned.Refused.Count).Should().Be((order, 0));
            (await w.App.Requester.ListAsync()).Items.Count(o => o.ParentOrderId == order).Should().Be(1);
            order = await w.SubmittedAsync();
            var returned = await w.CutAsync(
                Commit, () => w.App.Maintenance.ReturnForReworkAsync(new() { OrderIds = [order] }, [new RejectionReason("wrong", "Do it again.")]));
            (returned.OrderIds.SingleOrDefault(), returned.Refused.Count).Should().Be((order, 0));
            (await w.DecisionsAsync(order)).Should().Equal("rework");
        },
        ["revoke"] = async w =>
        {
            var order = (await w.App.Requester.ProposeAsync(new Note("n"))).Id;
            var lease = await w.App.Agent("agent-1").CheckoutAsync(new() { OrderId = order });
            var revoked = await w.CutAsync(Commit, () => w.App.Maintenance.RevokeLeasesAsync(new() { OrderId = order }));
            (revoked.Leases.SingleOrDefault(), revoked.Refused.Count).Should().Be((lease!.Token, 0));
            (await w.App.EventsAsync(order)).Count(e => e == "released").Should().Be(1);
        },
        ["hold and resume"] = async w =>
        {
            var order = (await w.App.Requester.ProposeAsync(new Note("n"))).Id;
            (await w.CutAsync(Commit, () => w.App.Reviewer.HoldAsync(order))).HeldAt.Should().NotBeNull();
            (await w.CutAsync(Commit, () => w.App.Reviewer.ResumeAsync(order))).HeldAt.Should().BeNull();
            (await w.App.EventsAsync(order)).Should().Equal("proposed", "planned", "held", "resumed");
            (await w.App.OrderAsync(order)).Items.Single().BlockedBy.Should().Be(0);
        },
        ["reschedule"] = async w =>
        {
            var order = (await w.App.Requester.ProposeAsync(new Note("n"))).Id;
            (await w.CutAsync(Commit, () => w.App.Reviewer.SetPriorityAsync(order, 9))).Priority.Should().Be(9);
            (await w.App.EventsAsync(order)).Should().Equal("proposed", "planned", "rescheduled");
        },
        ["cancel"] = async w =>
        {
            var order = (await w.App.Requester.ProposeAsync(new Note("n"))).Id;
            var cancelled = await w.CutAsync(Commit, () => w.App.Requester.CancelAsync(order, "Not needed."));
            cancelled.State.Should().Be(OrderState.Rejected);
            (await w.DecisionsAsync(order)).Should().Equal("cancel");
        },
        ["release"] = async w =>
        {
            await w.App.Requester.ProposeAsync(new Note("n"));
            var lease = await w.App.Agent("agent-1").CheckoutAsync();
            var item = await w.CutAsync("work_items", () => w.App.Agent("agent-1").ReleaseAsync(lease!));
            item.State.Should().Be(ItemState.Queued);
            (await w.App.EventsAsync(item.OrderId)).Count(e => e == "released").Should().Be(1);
        },
        ["release many"] = async w =>
        {
            var leases = await w.LeaseAsync(3);
            var outcomes = await w.CutAsync("work_items", () => w.App.Agent("agent-1").ReleaseManyAsync([.. leases, leases[0]]));
            outcomes.Select(o => o.Error?.Code).Should().Equal(null, null, null, "lease_lost");
            outcomes.Take(3).Select(o => o.Value.Releases).Should().OnlyContain(r => r == 1);
        },
        ["fail"] = async w =>
        {
            await w.App.Requester.ProposeAsync(new Note("n"));
            var lease = await w.App.Agent("agent-1").CheckoutAsync();
            var item = await w.CutAsync("work_items", () => w.App.Agent("agent-1").FailAsync(lease!, new WorkFailure("broken", "It is.")));
            (item.State, item.Attempts).Should().Be((ItemState.Queued, (short)1));
            (await w.App.EventsAsync(item.OrderId)).Count(e => e == "attempt_failed").Should().Be(1);
        },
        ["fail many"] = async w =>
        {
            var leases = await w.LeaseAsync(3);
            var outcomes = await w.CutAsync(
                "work_items", () => w.App.Agent("agent-1").FailManyAsync([.. leases.Select(l => new FailedAttempt(l, new("broken", "It is.")))]));
            outcomes.Should().OnlyContain(o => o.Error == null && o.Value.Attempts == 1);
        },
        ["fail for good"] = async w =>
        {
            var lease = (await w.LeaseAsync(1))[0];
            var item = await w.CutAsync(
                Commit, () => w.App.Agent("agent-1").FailAsync(lease, new WorkFailure("broken", "It is.") { Retryable = false }));
            item.State.Should().Be(ItemState.Failed);
            (await w.App.EventsAsync(item.OrderId)).Count(e => e == "failed").Should().Be(2, "one of the item, one of the order");
        },
        ["submit"] = async w =>
        {
            await w.App.Requester.ProposeAsync(new Note("n"));
            var lease = await w.App.Agent("agent-1").CheckoutAsync();
            var item = await w.CutAsync("work_items", () => w.App.Agent("agent-1").SubmitAsync(lease!, new Answer("done")));
            item.State.Should().Be(ItemState.Submitted);
            (await w.App.EventsAsync(item.OrderId)).Count(e => e == "submitted").Should().Be(2, "one of the item, one of the order");
        },
        ["submit many"] = async w =>
        {
            var leases = await w.LeaseAsync(3);
            var outcomes = await w.CutAsync("work_items", () => w.App.Agent("agent-1").SubmitManyAsync(
                [.. leases.Select(l => new Submission<Answer>(l, new Answer("done")))]));
            outcomes.Should().OnlyContain(o => o.Error == null);
        },
        ["approve"] = async w =>
        {
            var order = await w.SubmittedAsync();
            var approved = await w.CutAsync(Commit, () => w.App.Reviewer.ApproveAsync(order));
            approved.State.Should().Be(OrderState.Completed);
            (await w.DecisionsAsync(order)).Should().Equal("approve");
            (await w.App.LedgerAsync(order)).Should().HaveCount(1);
            w.After.Should().Equal([order], "the step after the commit ran once");
        },
        ["automatic approval"] = async w =>
        {
            w.Script.AutoApprove = true;
            await w.App.Requester.ProposeAsync(new Note("n"));
            var lease = await w.App.Agent("agent-1").CheckoutAsync();
            var item = await w.CutAsync(Commit, () => w.App.Agent("agent-1").SubmitAsync(lease!, new Answer("done")));
            (await w.App.OrderAsync(item.OrderId)).State.Should().Be(OrderState.Completed);
            w.After.Should().Equal(item.OrderId);
        },
        ["automatic approval after a failure"] = async w =>
        {
            w.Script.AutoApprove = true;
            w.Script.Plan = note => [new(note), new(note)];
            await w.App.Requester.ProposeAsync(new Note("n"));
            await w.App.ReadAsync(db => db.Set<WorkOrder>().ExecuteUpdateAsync(set => set.SetProperty(o => o.ItemFailure, ItemFailure.GoOn)));
            var leases = await w.App.Agent("agent-1").CheckoutManyAsync(2);
            await w.App.Agent("agent-1").SubmitAsync(leases[0], new Answer("done"));
            var item = await w.CutAsync(
                Commit, () => w.App.Agent("agent-1").FailAsync(leases[1], new WorkFailure("broken", "It is.") { Retryable = false }));
            (await w.App.OrderAsync(item.OrderId)).State.Should().Be(OrderState.Completed);
            w.After.Should().Equal(item.OrderId);
        },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_was_committed_after_its_line_was_cut_is_answered_as_done(string name)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await database.ExecuteAsync(
            """
            CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER take_time AFTER INSERT ON work_orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION take_time();
            CREATE CONSTRAINT TRIGGER take_time_too AFTER UPDATE ON work_items DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW.state IN ('queued', 'submitted', 'failed', 'completed', 'dead_lettered') AND OLD.state <> NEW.state) EXECUTE FUNCTION take_time();
            CREATE CONSTRAINT TRIGGER take_time_as_well AFTER INSERT ON work_decisions DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION take_time();
            CREATE CONSTRAINT TRIGGER take_time_of_operators AFTER UPDATE ON work_orders DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW.held_at IS DISTINCT FROM OLD.held_at OR NEW.priority <> OLD.priority) EXECUTE FUNCTION take_time();
            """);
        await using var line = new LossyLine(database.ConnectionString);
        var (script, after) = (new Script(), new List<Guid>());
        script.After = (apply, _) =>
        {
            after.Add(apply.OrderId);
            return Task.CompletedTask;
        };
        await using var app = ShopApp.On(
            database,
            builder => builder.AddOrderType<Scripted>().Services.AddSingleton(script),
            options =>
            {
                options.PostgreSql.PrepareStatements = false;
                options.Clock = name == ByClockOfTheDatabase ? ClockSource.Database : options.Clock;
            },
            context => context.UseNpgsql(line.ConnectionString, o => o.EnableRetryOnFailure(3, TimeSpan.FromMilliseconds(1), null)));
        for (var round = 0; round < Rounds; round++)
        {
            // What a round leaves in the queue is not for the next one.
            await database.ExecuteAsync("DELETE FROM work_events; DELETE FROM work_provenances; DELETE FROM work_decisions; DELETE FROM work_orders");
            after.Clear();
            script.AutoApprove = false;
            await Cases[name](new World(app, line, script, after));
        }
    }

    private sealed record World(ShopApp App, LossyLine Line, Script Script, List<Guid> After)
    {
        public async Task<T> CutAsync<T>(string sent, Func<Task<T>> call)
        {
            var before = Line.Lost;
            Line.CutAfter(sent);
            var answer = await call();
            Line.Lost.Should().Be(before + 1);
            return answer;
        }

        public async Task<Guid> SubmittedAsync()
        {
            var order = await App.Requester.ProposeAsync(new Note("n"));
            var lease = await App.Agent("agent-1").CheckoutAsync(new() { OrderId = order.Id });
            await App.Agent("agent-1").SubmitAsync(lease!, new Answer("done"));
            return order.Id;
        }

        public async Task<IReadOnlyList<LeaseToken>> LeaseAsync(int count)
        {
            foreach (var _ in Enumerable.Range(0, count))
            {
                await App.Requester.ProposeAsync(new Note("n"));
            }

            return [.. (await App.Agent("agent-1").CheckoutManyAsync(count)).Select(l => l.Token)];
        }

        public async Task<Guid> FailedAsync()
        {
            var order = await App.Requester.ProposeAsync(new Note("n"));
            var lease = await App.Agent("agent-1").CheckoutAsync(new() { OrderId = order.Id });
            await App.Agent("agent-1").FailAsync(lease!, new WorkFailure("broken", "It is.") { Retryable = false });
            return order.Id;
        }

        public Task<List<string>> DecisionsAsync(Guid order) => App.ReadAsync(
            db => db.Set<WorkDecision>().Where(d => d.OrderId == order).OrderBy(d => d.CreatedAt).Select(d => d.Decision).ToListAsync());
    }
}
