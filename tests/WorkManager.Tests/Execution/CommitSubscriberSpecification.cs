using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Execution;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Execution;

/// <summary>Subscribers are told what was committed, after the commit.</summary>
public abstract class CommitSubscriberSpecification(DatabaseFixture databases)
{
    private static readonly EchoResult Good = new(true, true);

    [Fact]
    public async Task The_last_result_of_an_order_is_told_once_it_is_committed()
    {
        var told = new Told();
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddSingleton<ICommitSubscriber>(told));
        told.Look = async fact => (await app.OrderAsync(fact.OrderId)).State;
        var order = await app.ProposeEchoAsync();

        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Good);

        told.Facts.Should().Equal(new OrderSubmitted(order.Id, "", "test.echo"));
        told.States.Should().Equal(OrderState.Submitted);
    }

    [Fact]
    public async Task What_a_subscriber_commits_is_told_too()
    {
        var told = new Told();
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddSingleton<ICommitSubscriber>(told));
        told.More = fact => fact.OrderType == "test.echo" ? [fact with { OrderType = "first" }, fact with { OrderType = "second" }] : [];
        await app.ProposeEchoAsync();

        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Good);

        told.Facts.Select(f => f.OrderType).Should().Equal("test.echo", "first", "second");
    }

    [Fact]
    public async Task Of_a_callers_transaction_nothing_is_told()
    {
        var told = new Told();
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddSingleton<ICommitSubscriber>(told));
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await using var scope = app.NewScope();
        var host = scope.ServiceProvider.GetRequiredService<ShopContext>();
        await using var transaction = await host.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);

        await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.Agent("agent-1")).SubmitAsync(lease, Good);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        told.Facts.Should().BeEmpty("nobody tells the engine when the caller commits");
    }

    private sealed class Told : ICommitSubscriber
    {
        public List<OrderSubmitted> Facts { get; } = [];

        public List<OrderState> States { get; } = [];

        public Func<OrderSubmitted, Task<OrderState>>? Look { get; set; }

        public Func<OrderSubmitted, IReadOnlyList<CommittedFact>> More { get; set; } = _ => [];

        public async Task<IReadOnlyList<CommittedFact>> OnCommittedAsync(CommittedFact fact, WorkSession session, CancellationToken cancellationToken)
        {
            if (fact is not OrderSubmitted submitted)
            {
                return [];
            }

            Facts.Add(submitted);
            if (Look is { } look)
            {
                States.Add(await look(submitted));
            }

            return More(submitted);
        }
    }
}

public sealed class CommitSubscriberOnSqlite(SqliteFixture databases) : CommitSubscriberSpecification(databases), IOnSqlite;

public sealed class CommitSubscriberOnPostgreSql(PostgreSqlFixture databases) : CommitSubscriberSpecification(databases), IOnPostgreSql;
