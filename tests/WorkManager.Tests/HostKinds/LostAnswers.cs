using System.Data.Common;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>What is one statement and its own transaction commits before it answers. When the answer is lost, it is sent again.</summary>
public sealed class LostAnswers(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_submit_that_got_no_answer_knows_its_own_result_again()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var line = new LossyLine(database.ConnectionString);
        await using var app = On(database, line);
        var order = await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        line.LoseAnswer();
        var item = await app.Agent("agent-1").SubmitAsync(lease, Steps.Verified);

        line.Lost.Should().Be(1);
        item.Should().BeEquivalentTo(await app.ItemAsync(item.Id));
        item.State.Should().Be(ItemState.Submitted);
        var stored = await app.OrderAsync(order.Id);
        stored.State.Should().Be(OrderState.Submitted);
        stored.Events.Count(e => e.Event == "submitted").Should().Be(2, "one of the item, one of the order");
    }

    [Fact]
    public async Task What_follows_from_the_last_result_follows_although_its_answer_was_lost()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var line = new LossyLine(database.ConnectionString);
        await using var app = On(database, line, new Script { AutoApprove = true });
        var order = await app.Requester.ProposeAsync(new Note("auto"));
        var lease = await app.LeaseAsync();

        line.LoseAnswer();
        await app.Agent("agent-1").SubmitAsync(lease, new Answer("done"));

        line.Lost.Should().Be(1);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_of_results_that_got_no_answer_is_there_once(bool byLease)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var line = new LossyLine(database.ConnectionString);
        await using var app = On(database, line);
        foreach (var message in (string[])["one", "two", "three"])
        {
            await app.ProposeEchoAsync(message);
        }

        var leases = await app.Agent("agent-1").CheckoutManyAsync(3);

        // Of tokens the items are read first.
        line.LoseAnswer(after: byLease ? 0 : 1);
        var outcomes = await app.Agent("agent-1").SubmitManyAsync(
            [.. leases.Select(l => byLease ? new Submission<EchoResult>(l, Steps.Verified) : new Submission<EchoResult>(l.Token, Steps.Verified))]);

        line.Lost.Should().Be(1);
        outcomes.Should().HaveCount(3).And.OnlyContain(o => o.Succeeded && o.Value.State == ItemState.Submitted);
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_events WHERE event = 'submitted'")).Should().Be(6L);
    }

    [Fact]
    public async Task A_propose_that_was_lost_on_its_way_and_then_got_no_answer_tells_what_is_stored()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var line = new LossyLine(database.ConnectionString);
        await using var app = On(database, line);
        await app.ProposeEchoAsync();

        line.CutBefore("work_provenances", then: () => line.CutAfter("work_provenances"));
        var order = await app.ProposeEchoAsync("twice");

        line.Lost.Should().Be(2);
        var stored = await app.OrderAsync(order.Id);
        order.Items.Select(i => i.Id).Should().Equal(stored.Items.Select(i => i.Id), "the items of the first attempt are nowhere");
        order.Items.Should().OnlyContain(i => i.OrderId == order.Id && i.Order == order);
        (await app.Requester.ListAsync()).Items.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_propose_that_does_not_reach_the_database_is_not_asked_for()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        var opening = new Openings();
        await using var app = ShopApp.On(database, context: o => o.AddInterceptors(opening));
        await app.ProposeEchoAsync();

        opening.Fails = true;
        await FluentActions.Awaiting(() => app.ProposeEchoAsync("away")).Should().ThrowAsync<InvalidOperationException>().WithInnerException(typeof(TimeoutException));

        opening.Failed.Should().Be(1, "there is nothing to find, and it would take as long once more");
    }

    [Fact]
    public async Task A_caller_who_goes_away_as_the_answer_is_lost_stops_nothing_that_follows()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var line = new LossyLine(database.ConnectionString);
        await using var app = On(database, line, new Script { AutoApprove = true });
        var order = await app.Requester.ProposeAsync(new Note("auto"));
        var lease = await app.LeaseAsync();
        using var cancel = new CancellationTokenSource();

        line.LoseAnswer(then: cancel.Cancel);
        await app.Agent("agent-1").SubmitAsync(lease, new Answer("done"), null, cancel.Token);

        (line.Lost, cancel.IsCancellationRequested).Should().Be((1, true));
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task What_a_batch_has_stored_counts_although_the_rest_cannot_be_explained()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var line = new LossyLine(database.ConnectionString);
        await using var app = On(database, line, new Script { AutoApprove = true }, retries: 0);
        var order = await app.Requester.ProposeAsync(new Note("auto"));
        await app.Requester.ProposeAsync(new Note("lost"));
        var agent = app.Agent("agent-1");
        var leases = await agent.CheckoutManyAsync(2);
        await agent.ReleaseAsync(leases[1]);

        // The first answer is that of the write; the second would say what became of the other item.
        line.LoseAnswer(after: 1);
        var outcomes = await agent.SubmitManyAsync([.. leases.Select(l => new Submission<Answer>(l, new Answer("done")))]);

        line.Lost.Should().Be(1);
        outcomes.Select(o => o.Error?.Code).Should().Equal(null, "busy");
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_a_batch_has_put_back_counts_although_the_rest_cannot_be_explained(bool fails)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var line = new LossyLine(database.ConnectionString);
        await using var app = On(database, line, retries: 0);
        await app.Requester.ProposeAsync(new Note("back"));
        await app.Requester.ProposeAsync(new Note("lost"));
        var agent = app.Agent("agent-1");
        LeaseToken[] leases = [.. (await agent.CheckoutManyAsync(2)).Select(l => l.Token)];
        await agent.ReleaseAsync(leases[1]);

        // The first answer is that of the write; the second would say what became of the other item.
        line.LoseAnswer(after: 1);
        var outcomes = fails
            ? await agent.FailManyAsync([.. leases.Select(l => new FailedAttempt(l, new("broken", "It is.")))])
            : await agent.ReleaseManyAsync(leases);

        line.Lost.Should().Be(1);
        outcomes.Select(o => o.Error?.Code).Should().Equal(null, "busy");
        (await app.ItemAsync(leases[0].ItemId)).State.Should().Be(ItemState.Queued);
    }

    [Fact]
    public async Task A_result_that_was_submitted_before_is_not_taken_for_the_lost_one()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var line = new LossyLine(database.ConnectionString);
        await using var app = On(database, line);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").SubmitAsync(lease, Steps.Verified);

        line.LoseAnswer();
        var refused = await app.RefusesAsync<LeaseLostException>("lease_lost", () => app.Agent("agent-1").SubmitAsync(lease, new EchoResult(false, true)));

        line.Lost.Should().Be(1);
        refused.Reason.Should().Be(LeaseLostReason.NotLeased);
    }

    // What prepares a statement has an answer of its own, and that is not the one to lose.
    private static ShopApp On(TestDatabase database, LossyLine line, Script? script = null, int retries = 3) => ShopApp.On(
        database,
        builder => builder.AddOrderType<Scripted>().Services.AddSingleton(script ?? new Script()),
        options => options.PostgreSql.PrepareStatements = false,
        context => context.UseNpgsql(line.ConnectionString, o =>
        {
            if (retries > 0)
            {
                o.EnableRetryOnFailure(retries, TimeSpan.FromMilliseconds(1), null);
            }
        }));

    /// <summary>Connections cannot be opened while it is told so.</summary>
    private sealed class Openings : DbConnectionInterceptor
    {
        public bool Fails { get; set; }

        public int Failed { get; private set; }

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            Failed += Fails ? 1 : 0;
            return Fails ? throw new TimeoutException("The database is away.") : ValueTask.FromResult(result);
        }
    }
}
