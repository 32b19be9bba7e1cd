using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Races;

/// <summary>What an agent does too late, under a lease that has meanwhile been granted again, to itself of all agents.</summary>
public abstract class FencingSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task A_heartbeat_of_an_earlier_grant_is_refused_although_the_agent_is_the_same()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Requester.ProposeAsync(new EchoPayload("again"));
        var agent = app.Agent("agent");
        var first = (await agent.CheckoutAsync<Echo>())!;

        var second = await LoseAndLeaseAgainAsync(app, agent);

        second.Token.Should().Be(new LeaseToken(first.Item.Id, first.Item.LeaseEpoch + 1));
        (await FluentActions.Awaiting(() => agent.HeartbeatAsync(first)).Should().ThrowAsync<LeaseLostException>()).Which.Reason
            .Should().Be(LeaseLostReason.Superseded);
        (await FluentActions.Awaiting(() => agent.ReleaseAsync(first)).Should().ThrowAsync<LeaseLostException>()).Which.Reason
            .Should().Be(LeaseLostReason.Superseded);
        await agent.HeartbeatAsync(second);
    }

    [Fact]
    public async Task A_submit_whose_lease_is_granted_again_while_its_result_is_checked_is_refused()
    {
        var pause = new Pause();
        await using var app = await ShopApp.StartAsync(databases, builder =>
        {
            builder.Services.AddSingleton(pause);
            builder.AddOrderType<Paused>();
        });
        var order = await app.Requester.ProposeAsync(new PausedPayload("late"));
        var agent = app.Agent("agent");
        var first = (await agent.CheckoutAsync<Paused>())!;

        var late = agent.SubmitAsync(first, new EchoResult(true, true, "late"));
        await pause.Reached.Task;
        var second = await LoseAndLeaseAgainAsync(app, agent);
        pause.End.SetResult();

        await FluentActions.Awaiting(() => late).Should().ThrowAsync<LeaseLostException>();
        (await app.ItemAsync(first.Item.Id)).Result.Should().BeNull();
        await agent.SubmitAsync(second, new EchoResult(true, true, "in time"));
        (await app.ItemAsync(first.Item.Id)).ReadResult<EchoResult>()!.Note.Should().Be("in time");
        (await app.EventsAsync(order.Id)).Count(e => e == "leased").Should().Be(2);
    }

    private static async Task<WorkLease> LoseAndLeaseAgainAsync(ShopApp app, IWorkOrderManager agent)
    {
        app.Time.Advance(TimeSpan.FromSeconds(121));
        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(1);
        app.Time.Advance(TimeSpan.FromMinutes(2));
        return (await agent.CheckoutAsync())!;
    }

    private sealed record PausedPayload(string Text);

    private sealed class Pause
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Its check of a result takes as long as the test wants.</summary>
    [OrderType("test.paused")]
    private sealed class Paused(Pause pause) : OrderType<PausedPayload, EchoResult>
    {
        protected override async Task ValidateResultAsync(ResultContext<PausedPayload, EchoResult> item, CancellationToken cancellationToken)
        {
            pause.Reached.TrySetResult();
            await pause.End.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        }

        protected override Task ApplyAsync(ApplyContext<PausedPayload, PausedPayload, EchoResult> apply, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }
}

public sealed class FencingOnSqlite(SqliteFixture databases) : FencingSpecification(databases), IOnSqlite;

public sealed class FencingOnPostgreSql(PostgreSqlFixture databases) : FencingSpecification(databases), IOnPostgreSql;
