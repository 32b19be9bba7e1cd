using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Races;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Proposing;

/// <summary>Of a tenant and an order type, one open order at a time has a unique key.</summary>
public abstract class UniqueKeySpecification(DatabaseFixture databases)
{
    private static readonly ProposeOptions Key = new() { UniqueKey = "product/7", Priority = 10 };
    private static readonly RejectionReason[] Reasons = [new("wrong", "It is.")];

    [Fact]
    public async Task A_proposal_whose_key_an_open_order_has_is_refused_and_told_which()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new EchoPayload("first"), Key);

        var refusal = await app.RefusesAsync<AlreadyOpenException>("already_open", () => app.Requester.ProposeAsync(new EchoPayload("second"), Key));

        refusal.OrderId.Should().Be(order.Id);
        (await app.OrderAsync(order.Id)).UniqueKey.Should().Be("product/7");
    }

    [Fact]
    public async Task A_key_is_taken_by_failed_and_submitted_orders_too_and_free_once_the_order_is_closed()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var first = await app.Requester.ProposeAsync(new EchoPayload("first"), Key);
        await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), new WorkFailure("broken", "It is.") { Retryable = false });
        await app.RefusesAsync<AlreadyOpenException>("already_open", () => app.Requester.ProposeAsync(new EchoPayload("second"), Key));
        await app.Reviewer.DeadLetterAsync(first.Id);

        var second = await app.Requester.ProposeAsync(new EchoPayload("second"), Key);

        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Steps.Verified);
        await app.RefusesAsync<AlreadyOpenException>("already_open", () => app.Requester.ProposeAsync(new EchoPayload("third"), Key));
        await app.Reviewer.ApproveAsync(second.Id);
        await app.Requester.ProposeAsync(new EchoPayload("third"), Key);
    }

    [Fact]
    public async Task Another_type_another_key_and_none_are_nothing_to_it()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeAsync(new EchoPayload("first"), Key);

        await app.Requester.ProposeAsync(Batches.Payload(1), Key);
        await app.Requester.ProposeAsync(new EchoPayload("second"), Key with { UniqueKey = "product/8" });
        await app.Requester.ProposeAsync(new EchoPayload("third"), Key with { UniqueKey = null });
        await app.Requester.ProposeAsync(new EchoPayload("fourth"), Key with { UniqueKey = null });
    }

    [Theory, InlineData(5, 10), InlineData(70, 70)]
    public async Task Instead_of_a_refusal_the_open_order_may_get_the_higher_priority(int proposed, short becomes)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new EchoPayload("first"), Key);
        var revision = order.Revision;

        var open = await app.Reviewer.ProposeAsync(new EchoPayload("second"), Key with { Priority = proposed, IfOpen = OpenOrder.RaisePriority });

        (open.Id, open.Priority).Should().Be((order.Id, becomes));
        var stored = await app.OrderAsync(order.Id);
        (stored.Priority, stored.Items.Single().Priority, stored.Revision - revision).Should().Be((becomes, becomes, becomes == 10 ? 0 : 1));
        stored.Events.Count(e => e.Event == "rescheduled").Should().Be(becomes == 10 ? 0 : 1);
        (await app.Requester.ListAsync()).Items.Should().ContainSingle();
    }

    [Fact]
    public async Task In_a_batch_only_the_proposal_whose_key_is_taken_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new EchoPayload("first"), Key);

        var outcomes = await app.Requester.ProposeManyAsync<EchoPayload>(
        [
            new(new EchoPayload("taken"), Key), new(new EchoPayload("free"), Key with { UniqueKey = "b" }), new(new EchoPayload("again"), Key with { UniqueKey = "b" }),
            new(new EchoPayload("none")), new(new EchoPayload("raised"), Key with { Priority = 99, IfOpen = OpenOrder.RaisePriority }),
        ]);

        outcomes.Select(o => o.Error?.Code).Should().Equal("already_open", null, "already_open", null, null);
        ((AlreadyOpenException)outcomes[2].Error!).OrderId.Should().Be(outcomes[1].Value.Id);
        outcomes[4].Value.Id.Should().Be(order.Id);
        (await app.Requester.ListAsync()).Items.Select(o => o.Id).Should().BeEquivalentTo([order.Id, outcomes[1].Value.Id, outcomes[3].Value.Id]);
        (await app.OrderAsync(outcomes[1].Value.Id)).Items.Should().ContainSingle();
        (await app.OrderAsync(order.Id)).Items.Should().ContainSingle();
    }

    [Fact]
    public async Task Of_many_proposals_at_once_one_is_stored()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var line = new StartingLine(8);

        var stored = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            // Half of them name the keys the other way round.
            var proposals = Enumerable.Range(0, 5).Select(k => new ProposeOptions { UniqueKey = $"key {(i % 2 == 0 ? k : 4 - k)}" })
                .Select(key => new Proposal<EchoPayload>(new EchoPayload($"{i}"), key)).ToList();
            await line.WaitAsync();
            return (await app.By(Actor.User($"user-{i}")).ProposeManyAsync(proposals)).Count(o => o.Succeeded);
        })));

        stored.Sum().Should().Be(5);
        (await app.Requester.ListAsync()).Items.Select(o => o.UniqueKey).Should().OnlyHaveUniqueItems().And.HaveCount(5);
    }

    [Fact]
    public async Task Priorities_of_the_same_orders_are_raised_at_once_and_none_waits_in_a_circle()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeManyAsync([.. Enumerable.Range(0, 10).Select(k => new Proposal<EchoPayload>(new EchoPayload("first"), new() { UniqueKey = $"key {k}" }))]);
        var line = new StartingLine(8);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            await line.WaitAsync();
            for (var round = 0; round < 5; round++)
            {
                var proposals = Enumerable.Range(0, 10)
                    .Select(k => new ProposeOptions { UniqueKey = $"key {(i % 2 == 0 ? k : 9 - k)}", Priority = 1 + (10 * round) + i, IfOpen = OpenOrder.RaisePriority })
                    .Select(key => new Proposal<EchoPayload>(new EchoPayload($"{i}"), key)).ToList();
                (await app.By(Actor.User($"user-{i}")).ProposeManyAsync(proposals)).Should().OnlyContain(o => o.Error == null);
            }
        })));

        var orders = await app.ReadAsync(db => db.Set<WorkOrder>().AsNoTracking().Include(o => o.Items).ToListAsync());
        orders.Should().HaveCount(10).And.OnlyContain(o => o.Priority == 48 && o.Items.Single().Priority == 48);
    }

    [Fact]
    public async Task A_closed_order_is_not_opened_while_another_has_its_key()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var first = await app.Requester.ProposeAsync(new EchoPayload("first"), Key);
        await app.Requester.CancelAsync(first.Id);
        var second = await app.Requester.ProposeAsync(new EchoPayload("second"), Key);

        var refusal = await app.RefusesAsync<AlreadyOpenException>("already_open", () => app.Reviewer.ReturnForReworkAsync(first.Id, Reasons));

        refusal.OrderId.Should().Be(second.Id);
        await app.Requester.CancelAsync(second.Id);
        (await app.Reviewer.ReturnForReworkAsync(first.Id, Reasons)).State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task A_key_is_a_short_text()
    {
        await using var app = await ShopApp.StartAsync(databases);

        foreach (var key in new[] { "", " ", "a\0b", new string('x', 201) })
        {
            await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(new EchoPayload("e"), new() { UniqueKey = key }));
        }

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync(new EchoPayload("e"), Key with { IfOpen = (OpenOrder)7 }));
        await app.Requester.ProposeAsync(new EchoPayload("e"), new() { UniqueKey = new string('x', 200) });
    }

    [Fact]
    public async Task A_whole_proposal_can_be_delayed()
    {
        var script = new Script();
        await using var app = await script.StartAsync(databases);
        var (soon, later) = (app.Time.GetUtcNow().AddMinutes(1), app.Time.GetUtcNow().AddHours(1));
        script.Plan = note => [new(note), new(note) { AvailableAt = soon }];

        var order = await app.Requester.ProposeAsync(new Note("n"), new() { AvailableAt = later });

        (await app.OrderAsync(order.Id)).Items.Select(i => i.AvailableAt).Should().Equal(later, soon);
        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        app.Time.Advance(TimeSpan.FromMinutes(1));
        (await app.Agent("agent-1").CheckoutManyAsync(2)).Should().ContainSingle();
        await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Requester.ProposeAsync(new Note("n"), new() { AvailableAt = DateTimeOffset.MaxValue }));
    }
}

public sealed class UniqueKeyOnSqlite(SqliteFixture databases) : UniqueKeySpecification(databases), IOnSqlite;

public sealed class UniqueKeyOnPostgreSql(PostgreSqlFixture databases) : UniqueKeySpecification(databases), IOnPostgreSql;
