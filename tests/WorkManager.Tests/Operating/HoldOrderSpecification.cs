using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Plans;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>An operator holds an order, and lets it go on.</summary>
public abstract class HoldOrderSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] Reasons = [new("wrong", "It is.")];

    [Fact]
    public async Task Nobody_works_on_an_order_that_is_held_and_everybody_does_when_it_is_resumed()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(3));
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").HeartbeatAsync(lease);
        app.Time.Advance(TimeSpan.FromSeconds(10));

        var held = await app.Reviewer.HoldAsync(order.Id, "wait");

        (held.State, held.HeldAt, held.ItemsOpen).Should().Be((OrderState.Queued, app.Time.GetUtcNow(), 3));
        await app.RefusesAsync<LeaseLostException>("lease_lost", () => app.Agent("agent-1").HeartbeatAsync(lease));
        (await app.Agent("agent-2").CheckoutAsync()).Should().BeNull();
        var stored = await app.OrderAsync(order.Id);
        stored.Events.Single(e => e.Event == "held").ActorId.Should().Be("bert");
        stored.Items.Should().OnlyContain(i => i.State == ItemState.Queued && i.BlockedBy == 1 && i.Attempts == 0);

        var resumed = await app.Reviewer.ResumeAsync(order.Id);

        (resumed.State, resumed.HeldAt).Should().Be((OrderState.Queued, null));
        (await app.OrderAsync(order.Id)).Events.Last().Event.Should().Be("resumed");
        (await app.Agent("agent-2").CheckoutManyAsync(5)).Should().HaveCount(3);
    }

    [Fact]
    public async Task To_hold_or_resume_twice_changes_nothing()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        await app.Reviewer.HoldAsync(order.Id);
        var (held, rows) = (await app.OrderAsync(order.Id), await Refusal.ReadAsync(app.Database));
        app.Time.Advance(TimeSpan.FromSeconds(10));

        var again = await app.Reviewer.HoldAsync(order.Id);

        (again.HeldAt, again.Revision).Should().Be((held.HeldAt, held.Revision));
        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
        await app.Reviewer.ResumeAsync(order.Id);
        rows = await Refusal.ReadAsync(app.Database);
        await app.Reviewer.ResumeAsync(order.Id);
        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
    }

    [Fact]
    public async Task The_orders_of_a_type_are_held_and_resumed_together()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (first, second) = (await app.ProposeEchoAsync(), await app.ProposeEchoAsync());
        var submitted = await app.SubmittedEchoAsync();
        var other = await app.Requester.ProposeAsync(Batches.Payload(1));
        var failed = await RetryOrderSpecification.FailedAsync(app);
        await app.Reviewer.HoldAsync(second.Id);
        var rejected = await app.ProposeEchoAsync();
        await app.Reviewer.HoldAsync(rejected.Id);
        await app.Requester.CancelAsync(rejected.Id);
        WorkSelection ofType = new() { Type = "test.echo" };
        var rows = await Refusal.ReadAsync(app.Database);

        (await app.Maintenance.HoldAsync(ofType with { DryRun = true })).OrderIds.Should().BeEquivalentTo([first.Id, submitted.Id]);
        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
        var held = await app.Maintenance.As(Actor.User("olga")).HoldAsync(ofType, "wait");

        held.OrderIds.Should().BeEquivalentTo([first.Id, submitted.Id]);
        (held.HasMore, held.Refused.Count).Should().Be((false, 0));
        (await app.OrderAsync(first.Id)).Events.Last().Should().BeEquivalentTo(new { Event = "held", ActorId = "olga", Payload = """{"reason":"wait"}""" });
        (await app.OrderAsync(other.Id)).HeldAt.Should().BeNull();
        (await app.Maintenance.HoldAsync(new() { OrderIds = [failed, first.Id] })).OrderIds.Should().BeEmpty("one has failed, and one is held already");

        (await app.Maintenance.ResumeAsync(ofType with { Limit = 2 })).Should().BeEquivalentTo(new { HasMore = true, OrderIds = new[] { first.Id, second.Id } });
        (await app.Maintenance.ResumeAsync(ofType)).OrderIds.Should().BeEquivalentTo([submitted.Id, rejected.Id]);
        (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync(o => o.HeldAt != null))).Should().Be(0);
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.HoldAsync(ofType, new string('x', 2_001)));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.ResumeAsync(new()));
    }

    [Fact]
    public async Task A_submitted_order_that_is_held_is_not_approved()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        await app.Reviewer.HoldAsync(order.Id);

        var refusal = await app.RefusesAsync<OrderNotReadyException>("order_not_ready", () => app.Reviewer.ApproveAsync(order.Id));

        refusal.Reasons.Single().Should().Contain("held");
        await app.Reviewer.ResumeAsync(order.Id);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task The_duty_leaves_an_order_that_is_held()
    {
        var script = new Script { AutoApprove = true, Ready = review => review.NotReady("not yet") };
        await using var app = await script.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();
        await app.Reviewer.HoldAsync(order.Id);
        script.Ready = _ => { };
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0, "and the duty has its row");
        var idle = await StatementsAsync();
        app.Time.Advance(TimeSpan.FromHours(1));
        var rows = await Refusal.ReadAsync(app.Database);

        (await StatementsAsync()).Should().Be(idle, "it is not even looked at");

        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
        await app.Reviewer.ResumeAsync(order.Id);
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);

        async Task<int> StatementsAsync()
        {
            using var sent = new SentCommands(app.Database);
            (await app.Maintenance.ApproveDueAsync()).Should().Be(0);
            return sent.Statements;
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_order_that_is_held_between_its_last_result_and_its_automatic_approval_is_left_as_it_is(bool wasRejected)
    {
        var interruption = new Interruption();
        await using var app = await ShopApp.StartAsync(
            databases, builder => builder.AddOrderType<Interrupted>().Services.AddSingleton(interruption));
        var order = await app.Requester.ProposeAsync(new InterruptedPayload("n"));
        if (wasRejected)
        {
            // From then on it is for people to approve.
            await app.Reviewer.RejectAsync(order.Id, Reasons);
            await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);
        }

        interruption.Next = () => app.Reviewer.HoldAsync(order.Id);
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new InterruptedPayload("done"));

        interruption.Next.Should().BeNull();
        var held = await app.OrderAsync(order.Id);
        (held.State, held.Error, held.ApplyAttempts, held.NextApplyAt is null).Should().Be((OrderState.Submitted, null, 0, wasRejected));
        await app.Reviewer.ResumeAsync(order.Id);
        app.Time.Advance(TimeSpan.FromDays(1));
        (await app.Maintenance.ApproveDueAsync()).Should().Be(wasRejected ? 0 : 1);
    }

    [Fact]
    public async Task What_comes_back_into_the_queue_of_a_held_order_waits_too()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        await app.Reviewer.HoldAsync(order.Id);

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);

        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        await app.Reviewer.ResumeAsync(order.Id);
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Steps.Verified);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_held_order_that_is_closed_and_opened_again_is_still_held()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        await app.Reviewer.HoldAsync(order.Id);
        await app.Requester.CancelAsync(order.Id);

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);

        var opened = await app.OrderAsync(order.Id);
        opened.HeldAt.Should().NotBeNull();
        opened.Items.Should().OnlyContain(i => i.BlockedBy == 1 && i.ReadyAt == null);
        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        await app.Reviewer.ResumeAsync(order.Id);
        (await app.Agent("agent-1").CheckoutManyAsync(3)).Should().HaveCount(2);
    }

    [Fact]
    public async Task An_order_that_is_resumed_while_it_is_closed_can_be_opened()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        await app.Reviewer.HoldAsync(order.Id);
        await app.Requester.CancelAsync(order.Id);

        await app.Reviewer.ResumeAsync(order.Id);

        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);
        (await app.Agent("agent-1").CheckoutAsync()).Should().NotBeNull();
    }

    [Fact]
    public async Task An_item_that_waits_for_its_time_waits_for_it_after_a_hold_too()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var later = app.Time.GetUtcNow().AddHours(1);
        var order = await app.Requester.ProposeAsync(new EchoPayload("later"), new() { AvailableAt = later });
        await app.Reviewer.HoldAsync(order.Id);

        await app.Reviewer.ResumeAsync(order.Id);

        var item = (await app.OrderAsync(order.Id)).Items.Single();
        (item.AvailableAt, item.ReadyAt, item.BlockedBy).Should().Be((later, null, 0));
        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        app.Time.Advance(TimeSpan.FromHours(1));
        (await app.Agent("agent-1").CheckoutAsync()).Should().NotBeNull();
    }

    [Fact]
    public async Task What_cannot_be_held_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var failed = await RetryOrderSpecification.FailedAsync(app);
        var own = await app.Agent("planner").ProposeAsync(new EchoPayload("mine"));

        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.HoldAsync(failed));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.HoldAsync(Guid.NewGuid()));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.HoldAsync(own.Id, new string('x', 2_001)));
        (await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => app.Agent("planner").HoldAsync(own.Id)))
            .Message.Should().Contain("Agents cannot hold");
        await app.Reviewer.HoldAsync(own.Id);
        await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => app.Agent("planner").ResumeAsync(own.Id));
    }

    public sealed record InterruptedPayload(string Name);

    /// <summary>What happens when <see cref="Interrupted"/> is asked the next time whether it approves by itself.</summary>
    public sealed class Interruption
    {
        public Func<Task>? Next { get; set; }
    }

    [OrderType("hold.interrupted")]
    public sealed class Interrupted(Interruption interruption) : OrderType<InterruptedPayload, InterruptedPayload>
    {
        public override bool AutoApprove
        {
            get
            {
                var next = interruption.Next;
                interruption.Next = null;
                next?.Invoke().GetAwaiter().GetResult();
                return true;
            }
        }

        protected override Task ApplyAsync(
            ApplyContext<InterruptedPayload, InterruptedPayload, InterruptedPayload> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public sealed class HoldOrderOnSqlite(SqliteFixture databases) : HoldOrderSpecification(databases), IOnSqlite;

public sealed class HoldOrderOnPostgreSql(PostgreSqlFixture databases) : HoldOrderSpecification(databases), IOnPostgreSql;
