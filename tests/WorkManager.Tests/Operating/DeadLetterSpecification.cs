using System.Text.Json;
using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>Orders are given up: by hand, by what they have in common, and by their age.</summary>
public abstract class DeadLetterSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] Reasons = [new("wrong", "It is.")];

    [Fact]
    public async Task A_dead_letter_keeps_what_went_wrong()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        var leases = await app.Agent("agent-1").CheckoutManyAsync(2);
        await app.Agent("agent-1").SubmitAsync(leases[0], new BatchResult(leases[0].Input<Batch>().Id, true, 1));
        await app.Agent("agent-1").FailAsync(leases[1], new WorkFailure("broken", "It is.") { Retryable = false });

        var dead = await app.Reviewer.DeadLetterAsync(order.Id, "Nobody needs it.");

        (dead.State, dead.IsTerminal, dead.ItemsFailed).Should().Be((OrderState.DeadLettered, true, 0));
        var error = dead.ReadError()!;
        (error.Code, error.Message).Should().Be(("dead_lettered", "Nobody needs it."));
        var kept = error.Details!.Value.Deserialize<List<Kept>>(JsonSerializerOptions.Web)!.Single();
        kept.Should().Be(new Kept(leases[1].Item.Id, "broken", "It is."));
        var stored = await app.OrderAsync(order.Id);
        stored.Error.Should().Be(dead.Error);
        stored.Items.Select(i => i.State).Should().Equal(ItemState.Submitted, ItemState.DeadLettered);
        stored.Items.Last().ReadError()!.Code.Should().Be("broken");
        stored.Events.TakeLast(2).Select(e => (e.Event, e.ItemId is null, e.ActorId)).Should().Equal(
            ("dead_lettered", false, "bert"), ("dead_lettered", true, "bert"));
    }

    [Fact, Trait("Scenario", "S38")]
    public async Task An_order_that_failed_long_ago_is_given_up_by_the_duty_and_no_other()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var old = await RetryOrderSpecification.FailedAsync(app);
        var rejected = await app.SubmittedEchoAsync();
        await app.Reviewer.RejectAsync(rejected.Id, Reasons);
        app.Time.Advance(TimeSpan.FromHours(26));
        var young = await RetryOrderSpecification.FailedAsync(app);
        app.Time.Advance(TimeSpan.FromHours(24));

        (await app.Maintenance.DeadLetterDueAsync()).Should().Be(1);

        var dead = await app.OrderAsync(old);
        (dead.State, dead.Events.Last().ActorId, dead.Events.Last().CreatedAt).Should().Be((OrderState.DeadLettered, "maintenance", app.Time.GetUtcNow()));
        (await app.OrderAsync(young)).State.Should().Be(OrderState.Failed);
        (await app.OrderAsync(rejected.Id)).State.Should().Be(OrderState.Rejected);
        (await app.Maintenance.DeadLetterDueAsync()).Should().Be(0);
    }

    [Fact, Trait("Scenario", "S38")]
    public async Task How_long_is_an_option_and_more_than_a_batch_is_no_limit()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Maintenance.DeadLetterAfter = TimeSpan.FromHours(12));
        var proposed = await app.Requester.ProposeManyAsync([.. Enumerable.Range(0, 120).Select(i => new Proposal<EchoPayload>(new EchoPayload($"{i}")))]);
        var failure = new WorkFailure("broken", "It is.") { Retryable = false };
        await app.Agent("agent-1").FailManyAsync([.. (await app.Agent("agent-1").CheckoutManyAsync(200)).Select(l => new FailedAttempt(l, failure))]);
        app.Time.Advance(TimeSpan.FromHours(15));

        (await app.Maintenance.DeadLetterDueAsync()).Should().Be(proposed.Count);
    }

    [Fact]
    public async Task Orders_are_given_up_by_what_they_have_in_common()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var failed = await RetryOrderSpecification.FailedAsync(app);
        var rejected = await app.SubmittedEchoAsync();
        await app.Reviewer.RejectAsync(rejected.Id, Reasons);
        var (other, third) = (await CancelledAsync("other"), await CancelledAsync("third"));
        await app.ProposeEchoAsync();

        (await app.Maintenance.DeadLetterAsync(new() { All = true, DryRun = true })).OrderIds.Should().Equal(failed, rejected.Id, other, third);
        (await app.Maintenance.DeadLetterAsync(new() { TenantId = "other" }, "left")).OrderIds.Should().Equal(other);
        (await app.Maintenance.DeadLetterAsync(new() { State = OrderState.Rejected })).OrderIds.Should().Equal(rejected.Id, third);

        (await app.OrderAsync(failed)).State.Should().Be(OrderState.Failed);
        (await app.OrderAsync(other)).ReadError()!.Message.Should().Be("left");

        async Task<Guid> CancelledAsync(string tenant)
        {
            var work = app.Services.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.User("cat"), tenant);
            var order = await work.ProposeAsync(new EchoPayload(tenant));
            await work.CancelAsync(order.Id);
            return order.Id;
        }
    }

    [Fact]
    public async Task An_order_that_the_database_refuses_to_change_does_not_stop_the_duty()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (stuck, free) = (await RetryOrderSpecification.FailedAsync(app), await RetryOrderSpecification.FailedAsync(app));
        await app.Database.ExecuteAsync(databases.Provider == Provider.Sqlite
            ? $"CREATE TRIGGER refuse BEFORE UPDATE ON work_orders WHEN NEW.state = 'dead_lettered' AND lower(NEW.id) = '{stuck}' BEGIN SELECT RAISE(ABORT, 'The host says no.'); END"
            : $"""
               CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                   $$ BEGIN IF NEW.state = 'dead_lettered' AND NEW.id = '{stuck}' THEN RAISE EXCEPTION 'The host says no.'; END IF; RETURN NEW; END $$;
               CREATE TRIGGER refuse BEFORE UPDATE ON work_orders FOR EACH ROW EXECUTE FUNCTION refuse();
               """);
        app.Time.Advance(TimeSpan.FromDays(3));

        (await app.Maintenance.DeadLetterDueAsync()).Should().Be(1);

        (await app.OrderAsync(free)).State.Should().Be(OrderState.DeadLettered);
        var result = await app.Maintenance.DeadLetterAsync(new() { State = OrderState.Failed });
        (result.Refused.Single().Key, result.Refused.Single().Value.Code).Should().Be((stuck, "store_refused"));
    }

    [Fact]
    public async Task What_cannot_be_given_up_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var live = await app.ProposeEchoAsync();
        var failed = await RetryOrderSpecification.FailedAsync(app);

        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.DeadLetterAsync(live.Id));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.DeadLetterAsync(Guid.NewGuid()));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.DeadLetterAsync(failed, new string('x', 2_001)));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Maintenance.DeadLetterAsync(new() { All = true }, "\0"));
        await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => app.Agent("agent-9").DeadLetterAsync(failed));
        await app.Reviewer.DeadLetterAsync(failed);
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.DeadLetterAsync(failed));
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.RetryAsync(failed));
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.ReturnForReworkAsync(failed, Reasons));
    }

    private sealed record Kept([property: System.Text.Json.Serialization.JsonPropertyName("item_id")] Guid ItemId, string Code, string Message);
}

public sealed class DeadLetterOnSqlite(SqliteFixture databases) : DeadLetterSpecification(databases), IOnSqlite;

public sealed class DeadLetterOnPostgreSql(PostgreSqlFixture databases) : DeadLetterSpecification(databases), IOnPostgreSql;
