using System.Data.Common;
using AwesomeAssertions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>The ways in which a host can register its context.</summary>
public abstract class ContextRegistrationSpecification(DatabaseFixture databases)
{
    private protected static readonly Actor Agent = Actor.Agent("agent");

    [Fact]
    public Task A_pool() => LiveTwiceAsync((services, configure) => services.AddDbContextPool<ShopContext>(configure, poolSize: 2));

    [Fact]
    public Task A_factory() => LiveTwiceAsync((services, configure) => services.AddDbContextFactory<ShopContext>(configure));

    [Fact]
    public Task A_pooled_factory() => LiveTwiceAsync((services, configure) => services.AddPooledDbContextFactory<ShopContext>(configure, poolSize: 2));

    [Fact]
    public async Task A_connection_object_is_shared_and_its_transaction_joined()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var connection = Connect(database);
        await connection.OpenAsync();
        await using var services = Build((collection, configure) => collection.AddDbContext<ShopContext>(configure), options => Use(options, connection));
        await CreateTablesAsync(services);

        await LiveAsync(services);

        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        var manager = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
        Guid undone;
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            undone = (await manager.ProposeAsync(new EchoPayload("undone"))).Id;
            await transaction.RollbackAsync();
        }

        await FluentActions.Awaiting(() => manager.GetAsync(undone)).Should().ThrowAsync<WorkNotFoundException>();
        connection.State.Should().Be(System.Data.ConnectionState.Open, "the host closes it");
    }

    /// <summary>A connection such as a host would open itself.</summary>
    private protected abstract DbConnection Connect(TestDatabase database);

    private protected abstract void Use(DbContextOptionsBuilder options, DbConnection connection);

    private async Task LiveTwiceAsync(Action<IServiceCollection, Action<DbContextOptionsBuilder>> register)
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var services = Build(register, database.Configure);

        await LiveAsync(services);
        await LiveAsync(services);

        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        db.Database.CurrentTransaction.Should().BeNull();
        db.ChangeTracker.Entries().Should().BeEmpty();
        db.Database.GetDbConnection().State.Should().Be(System.Data.ConnectionState.Closed, "nothing of the engine's is left in a context that others get");
        (await db.Ledger.CountAsync()).Should().Be(4);
    }

    private protected static ServiceProvider Build(
        Action<IServiceCollection, Action<DbContextOptionsBuilder>> register, Action<DbContextOptionsBuilder> configure,
        Action<IWorkManagerBuilder>? types = null)
    {
        var services = new ServiceCollection();
        register(services, options =>
        {
            configure(options);
            options.UseWorkManager().AmongManyKinds().ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
        });
        var builder = services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<Echo>();
        types?.Invoke(builder);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private protected static async Task CreateTablesAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        if ((await db.Database.GetPendingMigrationsAsync()).Any())
        {
            await db.Database.MigrateAsync();
            await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        }
    }

    /// <summary>Two orders from proposal to completion: one together with a row of the host's, one by a manager without a scope.</summary>
    private static async Task LiveAsync(IServiceProvider services)
    {
        await using (var scope = services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            var order = await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().ProposeAsync(new EchoPayload("together"));
            db.Customers.Add(new Customer { Name = "together", WorkOrderId = order.Id });
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        var manager = services.GetRequiredService<IWorkOrderManagerFactory>().Create(Agent);
        await manager.ProposeAsync(new EchoPayload("alone"));
        foreach (var lease in await manager.CheckoutManyAsync(2))
        {
            await manager.HeartbeatAsync(lease);
            await manager.SubmitAsync(lease, new EchoResult(true, true));
            (await manager.As(Actor.User("bert")).ApproveAsync(lease.OrderId)).State.Should().Be(OrderState.Completed);
        }
    }
}

public sealed class ContextRegistrationOnSqlite(SqliteFixture databases) : ContextRegistrationSpecification(databases), IOnSqlite
{
    // A connection to a server belongs to one scope at a time.
    [Fact]
    public async Task Scopes_that_share_the_only_connection_to_a_database_in_memory_take_turns()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = new Script
        {
            Apply = async (apply, services) =>
            {
                Script.Ledger(services).Add(new LedgerEntry { OrderId = apply.OrderId, Text = "applied" });
                begun.SetResult();
                await goOn.Task;
            },
        };
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var services = Build(
            (collection, configure) => collection.AddSingleton(script).AddDbContext<ShopContext>(configure), options => Use(options, connection),
            builder => builder.AddOrderType<Scripted>());
        await CreateTablesAsync(services);
        var manager = services.GetRequiredService<IWorkOrderManagerFactory>().Create(Agent);
        var order = await manager.As(Actor.User("anna")).ProposeAsync(new Note("note"));
        await manager.SubmitAsync((await manager.CheckoutAsync())!, new Answer("done"));

        var approving = manager.As(Actor.User("bert")).ApproveAsync(order.Id);
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        var (proposing, reading) = (manager.ProposeAsync(new EchoPayload("meanwhile")), manager.GetAsync(order.Id));
        (proposing.IsCompleted, reading.IsCompleted).Should().Be((false, false), "the apply is in the middle of its transaction");
        goOn.SetResult();

        (await approving).State.Should().Be(OrderState.Completed);
        (await proposing).State.Should().Be(OrderState.Queued);
        (await reading).State.Should().Be(OrderState.Completed);
    }

    private protected override DbConnection Connect(TestDatabase database) => new SqliteConnection("Data Source=:memory:");

    private protected override void Use(DbContextOptionsBuilder options, DbConnection connection) => options.UseSqlite(connection);
}

public sealed class ContextRegistrationOnPostgreSql(PostgreSqlFixture databases) : ContextRegistrationSpecification(databases), IOnPostgreSql
{
    private protected override DbConnection Connect(TestDatabase database) => database.CreateConnection();

    private protected override void Use(DbContextOptionsBuilder options, DbConnection connection) => options.UseNpgsql(connection);
}
