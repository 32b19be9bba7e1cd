using System.Data;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Execution;

/// <summary>A conflict in a caller's transaction is told to whoever can run the transaction again.</summary>
public sealed class JoinedConflicts(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    private static readonly Actor Agent = Actor.Agent("agent");
    private static readonly BatchResult Result = new("b", true, 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_an_execution_strategy_around_it_the_caller_is_told_that_it_is_busy(bool hasRetries)
    {
        await using var app = await StartAsync(hasRetries);
        var leases = await LeaseAsync(app);
        await using var scope = app.NewScope();
        await using var transaction = await BeginAsync(scope.ServiceProvider);
        await app.By(Agent).SubmitAsync(leases[0], Result);

        var failure = await FluentActions.Awaiting(() => Work(scope).SubmitAsync(leases[1], Result)).Should().ThrowAsync<WorkBusyException>();

        failure.Which.Message.Should().Contain("transaction");
    }

    [Fact]
    public async Task An_execution_strategy_around_it_runs_the_callers_transaction_again()
    {
        await using var app = await StartAsync(hasRetries: true);
        var leases = await LeaseAsync(app);
        var runs = 0;

        await app.ReadAsync(db => db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var scope = app.NewScope();
            await using var transaction = await BeginAsync(scope.ServiceProvider);
            if (runs++ == 0)
            {
                await OutsideOfTheStrategy(() => app.By(Agent).SubmitAsync(leases[0], Result));
            }

            await Work(scope).SubmitAsync(leases[1], Result);
            await transaction.CommitAsync();
            return true;
        }));

        runs.Should().Be(2);
        (await app.OrderAsync(leases[0].OrderId)).State.Should().Be(OrderState.Submitted);
    }

    private async Task<ShopApp> StartAsync(bool hasRetries)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        return ShopApp.On(database, context: options =>
        {
            if (hasRetries)
            {
                options.UseNpgsql(database.ConnectionString, npgsql => npgsql.EnableRetryOnFailure(3, TimeSpan.FromMilliseconds(1), null));
            }
        });
    }

    private static async Task<IReadOnlyList<WorkLease>> LeaseAsync(ShopApp app)
    {
        await app.Requester.ProposeAsync(Batches.Payload(2));
        return await app.By(Agent).CheckoutManyAsync(2);
    }

    private static async Task<Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction> BeginAsync(IServiceProvider scope)
    {
        var db = scope.GetRequiredService<ShopContext>();
        var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        // The snapshot is taken by the first statement. A strategy allows no query of a context in a transaction that it does not know.
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "SELECT count(*) FROM work_orders";
        await command.ExecuteScalarAsync();
        return transaction;
    }

    private static IWorkOrderManager Work(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Agent);

    private static async Task OutsideOfTheStrategy(Func<Task> call)
    {
        Task running;
        using (ExecutionContext.SuppressFlow())
        {
            running = Task.Run(call);
        }

        await running;
    }
}
