using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Plans;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Execution;

public abstract class BatchSpecification(DatabaseFixture databases)
{
    private const int Many = 1000;

    protected DatabaseFixture Databases => databases;

    [Fact]
    public async Task The_number_of_statements_does_not_grow_with_the_batch()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var few = await CountStatementsAsync(app, 2);
        var many = await CountStatementsAsync(app, Many);

        many.Should().Equal(few, "the rows are values of a statement, not statements");
        many.Should().OnlyContain(step => step.Statements <= 12);
    }

    [Fact]
    public async Task An_order_of_ten_thousand_items_is_planned_in_as_few_statements()
    {
        await using var app = await ShopApp.StartAsync(databases);
        using var sent = new SentCommands(app.Database);

        var order = await app.Requester.ProposeAsync(Batches.Payload(10_000));

        sent.Statements.Should().BeLessThanOrEqualTo(12);
        var stored = await app.ReadAsync(db => db.Set<WorkItem>().AsNoTracking().Where(i => i.OrderId == order.Id).OrderBy(i => i.Id).ToListAsync());
        stored.Select(i => i.ReadInput<Batch>().Id).Should().Equal(Enumerable.Range(1, 10_000).Select(i => $"b{i}"));
        (await app.ReadAsync(db => db.Set<WorkOrder>().Select(o => o.ItemsOpen).SingleAsync())).Should().Be(10_000);
    }

    [Fact]
    public async Task Each_proposal_has_its_outcome()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var outcomes = await app.Requester.ProposeManyAsync<EchoPayload>(
            [new(new("one")), new(new("")), new(new("three"), new() { Priority = 101 }), new(new("four"), new() { Priority = 7 })]);

        outcomes.Select(o => o.Error?.Code).Should().Equal(null, "validation_failed", "validation_failed", null);
        outcomes[3].Value.Should().BeEquivalentTo(new { Priority = 7, State = OrderState.Queued, ItemsTotal = 1 });
        outcomes[1].Invoking(o => o.Value).Should().Throw<WorkValidationException>();
        (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(2);
    }

    [Fact]
    public async Task Each_result_has_its_outcome_and_the_last_one_submits_its_order()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(3));
        var agent = app.Agent("agent");
        var leases = await agent.CheckoutManyAsync(3);
        var foreign = new LeaseToken(Guid.NewGuid(), 1);

        var first = await agent.SubmitManyAsync<BatchResult>(
            [new(leases[0], new("b1", true, 1)), new(leases[1], new("b2", true, -1)), new(foreign, new("b3", true, 1)), new(leases[0], new("b1", true, 2))]);

        first.Select(o => o.Error?.Code).Should().Equal(null, "validation_failed", "not_found", "lease_lost");
        (await app.ItemAsync(leases[1].Item.Id)).Error.Should().Contain("validation_failed");
        (await app.OrderAsync(order.Id)).Should().BeEquivalentTo(new { State = OrderState.InProgress, ItemsOpen = 2 });

        var rest = await agent.SubmitManyAsync<BatchResult>([new(leases[1], new("b2", true, 1)), new(leases[2], new("b3", true, 1))]);
        rest.Should().OnlyContain(o => o.Succeeded);
        (await app.OrderAsync(order.Id)).Should().BeEquivalentTo(new { State = OrderState.Submitted, ItemsOpen = 0 });
    }

    [Fact]
    public async Task Results_that_come_with_their_leases_need_no_read_and_a_copy_for_another_lease_is_read()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var agent = app.Agent("agent");
        await app.Requester.ProposeAsync(Batches.Payload(5));
        var leases = await agent.CheckoutManyAsync(5);
        Submission<BatchResult>[] shown = [.. leases.Take(2).Select(l => new Submission<BatchResult>(l, new(l.Input<Batch>().Id, true, 1)))];
        var copy = new Submission<BatchResult>(leases[0], new(leases[4].Input<Batch>().Id, true, 1)) with { Lease = leases[4] };

        using (var sent = new SentCommands(app.Database))
        {
            (await agent.SubmitManyAsync(shown)).Should().OnlyContain(o => o.Succeeded);
            var withLeases = sent.Statements;
            var byToken = leases.Skip(2).Take(2).Select(l => new Submission<BatchResult>(l.Token, new(l.Input<Batch>().Id, true, 1)));
            (await agent.SubmitManyAsync([.. byToken])).Should().OnlyContain(o => o.Succeeded);
            sent.Statements.Should().Be(withLeases + withLeases + 1);
        }

        (await agent.SubmitManyAsync([copy])).Single().Value.Should().BeEquivalentTo(await app.ItemAsync(leases[4].Item.Id));
    }

    [Fact]
    public async Task Large_documents_travel_in_more_commands_and_all_arrive()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var message = new string('x', 900_000);
        using var sent = new SentCommands(app.Database);

        // Each is there three times: as the payload of the order, as that of its event, and as the input of its item.
        var outcomes = await app.Requester.ProposeManyAsync([.. Enumerable.Range(0, 12).Select(i => new Proposal<EchoPayload>(new($"{i}{message}")))]);

        outcomes.Should().OnlyContain(o => o.Succeeded);
        sent.Statements.Should().BeInRange(5, 12);
        foreach (var (outcome, i) in outcomes.Select((o, i) => (o, i)))
        {
            (await app.OrderAsync(outcome.Value.Id)).Items.Single().Input.Should().Be($"{{\"message\":\"{i}{message}\"}}");
        }
    }

    [Fact]
    public async Task Results_that_are_too_large_together_are_refused_before_any_is_stored()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Limits.MaxPayloadBytes = 32 * 1024 * 1024);
        await app.ProposeEchoAsync("one");
        await app.ProposeEchoAsync("two");
        await app.ProposeEchoAsync("three");
        var agent = app.Agent("agent");
        var leases = await agent.CheckoutManyAsync(3);
        var large = new EchoResult(true, true, new string('x', 24_000_000));

        await app.RefusesAsync<WorkLimitException>(
            "payload_too_large", () => agent.SubmitManyAsync([.. leases.Select(l => new Submission<EchoResult>(l, large))]));

        (await app.ItemAsync(leases[0].Item.Id)).State.Should().Be(ItemState.Leased);
    }

    [Fact]
    public async Task A_lease_that_was_given_back_hides_no_later_one_of_the_same_item()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var agent = app.Agent("agent");
        await app.ProposeEchoAsync();
        var old = (await agent.CheckoutAsync())!;
        await agent.ReleaseAsync(old);
        var current = (await agent.CheckoutAsync())!;

        var outcomes = await agent.SubmitManyAsync(
            [new Submission<EchoResult>(old, Steps.Verified), new(current, Steps.Verified), new(current, Steps.Verified)]);

        outcomes.Select(o => o.Error?.Code).Should().Equal("lease_lost", null, "lease_lost");
    }

    [Fact]
    public async Task A_batch_of_none_does_nothing_and_one_of_too_many_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var agent = app.Agent("agent");
        using var sent = new SentCommands(app.Database);

        (await agent.HeartbeatManyAsync([])).Should().BeEmpty();
        (await agent.ReleaseManyAsync([])).Should().BeEmpty();
        (await agent.SubmitManyAsync<EchoResult>([])).Should().BeEmpty();
        (await app.Requester.ProposeManyAsync<EchoPayload>([])).Should().BeEmpty();
        sent.Statements.Should().Be(0);

        var tooMany = Enumerable.Range(0, Many + 1).Select(i => new LeaseToken(Guid.NewGuid(), i)).ToList();
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => agent.HeartbeatManyAsync(tooMany));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => agent.ReleaseManyAsync(tooMany));
    }

    [Fact]
    public async Task A_batch_joins_the_callers_transaction_and_goes_with_it()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await using (var scope = app.NewScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
            var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            (await work.ProposeManyAsync<EchoPayload>([new(new("one")), new(new("two"))])).Should().OnlyContain(o => o.Succeeded);
            (await work.As(Actor.Agent("agent-1")).SubmitManyAsync<EchoResult>([new(lease, Steps.Verified)])).Should().OnlyContain(o => o.Succeeded);
            (await work.Invoking(w => w.HeartbeatManyAsync([lease])).Should().ThrowAsync<WorkManagerException>()).Which.Code
                .Should().Be("transaction_not_allowed");
            await transaction.RollbackAsync();
        }

        (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(1);
        (await app.ItemAsync(lease.Item.Id)).State.Should().Be(ItemState.Leased);
    }

    /// <summary>The way of a batch of orders with two items each, and how many statements each call of it sends.</summary>
    private static async Task<List<(string Call, int Statements)>> CountStatementsAsync(ShopApp app, int items)
    {
        var agent = app.Agent("agent");
        var steps = new List<(string, int)>();
        async Task<T> CountAsync<T>(string call, Func<Task<T>> step)
        {
            using var sent = new SentCommands(app.Database);
            var result = await step();
            steps.Add((call, sent.Statements));
            return result;
        }

        // What is sent once a database is no part of it.
        await app.Maintenance.CheckSchemaAsync();
        await app.Agent("nobody").CheckoutAsync();
        var proposed = await CountAsync(
            "propose", () => app.Requester.ProposeManyAsync([.. Enumerable.Range(0, items / 2).Select(_ => new Proposal<BatchPayload>(Batches.Payload(2)))]));
        var leases = await CountAsync("check out", () => agent.CheckoutManyAsync(items));
        var given = await CountAsync("release", () => agent.ReleaseManyAsync([.. leases.Select(l => l.Token)]));
        leases = await CountAsync("check out", () => agent.CheckoutManyAsync(items));
        var first = await CountAsync("first heartbeat", () => agent.HeartbeatManyAsync([.. leases.Select(l => l.Token)]));
        var second = await CountAsync("heartbeat", () => agent.HeartbeatManyAsync([.. leases.Select(l => l.Token)]));
        var submitted = await CountAsync(
            "submit", () => agent.SubmitManyAsync([.. leases.Select(l => new Submission<BatchResult>(l, new(l.Input<Batch>().Id, true, 1)))]));

        proposed.Should().HaveCount(items / 2).And.OnlyContain(o => o.Succeeded);
        leases.Should().HaveCount(items);
        given.Concat(submitted).Should().HaveCount(2 * items).And.OnlyContain(o => o.Succeeded);
        first.Concat(second).Should().HaveCount(2 * items).And.OnlyContain(o => o.Succeeded);
        return steps;
    }
}

public sealed class BatchOnSqlite(SqliteFixture databases) : BatchSpecification(databases), IOnSqlite;

public sealed class BatchOnPostgreSql(PostgreSqlFixture databases) : BatchSpecification(databases), IOnPostgreSql;

/// <summary>Only PostgreSQL locks rows.</summary>
public sealed class BusyOutcomes(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData("heartbeat")]
    [InlineData("release")]
    [InlineData("fail")]
    [InlineData("submit")]
    public async Task An_item_that_somebody_has_locked_is_skipped_and_told_to_try_again(string call)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeManyAsync<EchoPayload>([new(new("one")), new(new("two"))]);
        var agent = app.Agent("agent");
        var leases = await agent.CheckoutManyAsync(2);
        var tokens = leases.Select(l => l.Token).ToList();

        await using (var elsewhere = await app.Database.OpenConnectionAsync())
        {
            await using var transaction = await elsewhere.BeginTransactionAsync();
            await using var locking = elsewhere.CreateCommand();
            locking.CommandText = "SELECT 1 FROM work_items WHERE id = @id FOR UPDATE";
            var id = locking.CreateParameter();
            (id.ParameterName, id.Value) = ("id", leases[0].Item.Id);
            locking.Parameters.Add(id);
            await locking.ExecuteScalarAsync();

            var errors = call switch
            {
                "heartbeat" => (await agent.HeartbeatManyAsync(tokens)).Select(o => o.Error),
                "release" => (await agent.ReleaseManyAsync(tokens)).Select(o => o.Error),
                "fail" => (await agent.FailManyAsync([.. tokens.Select(t => new FailedAttempt(t, new("broken", "It is.")))])).Select(o => o.Error),
                _ => (await agent.SubmitManyAsync([.. tokens.Select(t => new Submission<EchoResult>(t, Steps.Verified))])).Select(o => o.Error),
            };

            errors.Select(e => e?.Code).Should().Equal("busy", null);
            errors.First().Should().BeOfType<WorkBusyException>().Which.ItemId.Should().Be(leases[0].Item.Id);
        }

        (await agent.HeartbeatManyAsync([tokens[0]])).Should().OnlyContain(o => o.Succeeded);
    }
}
