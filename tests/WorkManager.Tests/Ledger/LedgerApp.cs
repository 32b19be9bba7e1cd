using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Ledger;

/// <summary>A bank with twenty accounts of the same balance, in real time.</summary>
public sealed class LedgerApp : IAsyncDisposable
{
    public const int Accounts = 20;
    private const long Balance = 1_000;

    private static readonly DatabaseTemplate Migrated = new(MigrateAsync);

    private readonly ServiceProvider services;

    private LedgerApp(TestDatabase database, ServiceProvider services)
    {
        Database = database;
        this.services = services;
    }

    public TestDatabase Database { get; }

    public Lines Lines => services.GetRequiredService<Lines>();

    public LogSink Log => services.GetRequiredService<LogSink>();

    public IWorkMaintenance Maintenance => services.GetRequiredService<IWorkMaintenance>();

    public IWorkOrderManager By(Actor actor) => services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor);

    public AsyncServiceScope NewScope() => services.CreateAsyncScope();

    public static async Task<LedgerApp> StartAsync(DatabaseFixture databases, Action<IServiceCollection>? configure = null)
    {
        var database = await databases.CreateAsync(Migrated);
        var (services, log) = (new ServiceCollection(), new LogSink());
        services.AddSingleton<Lines>().AddSingleton(log).AddLogging(l => l.AddProvider(log)).AddDbContext<LedgerContext>(o =>
        {
            database.Configure(o);
            Configure(o);
        });
        services.AddWorkManager(o => (o.Retry.Backoff, o.Retry.Jitter) = (TimeSpan.FromMilliseconds(300), TimeSpan.Zero))
            .UseDbContext<LedgerContext>().AddOrderType<MoveNow>().AddOrderType<MoveLater>();
        configure?.Invoke(services);
        return new(database, services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true }));
    }

    /// <summary>An order that waits for its review.</summary>
    public async Task<Guid> SubmittedAsync<TOrderType>(int from, int to, long amount)
        where TOrderType : OrderType
    {
        var order = await By(Actor.User("anna")).ProposeAsync<TOrderType>(new Transfer(from, to, amount));
        var agent = By(Actor.Agent("agent"));
        await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = order.Id }))!, new Checked(true));
        return order.Id;
    }

    public async Task<T> WithAsync<T>(Func<LedgerContext, Task<T>> act)
    {
        await using var scope = NewScope();
        return await act(scope.ServiceProvider.GetRequiredService<LedgerContext>());
    }

    /// <summary>No money was made or lost, and what is applied is booked once.</summary>
    public async Task AssertBalancedAsync()
    {
        var (sum, booked, applied) = await WithAsync(async db => (
            await db.Accounts.SumAsync(a => a.Balance),
            await db.Bookings.Select(b => b.OrderId).OrderBy(id => id).ToListAsync(),
            await db.Set<WorkOrder>().Where(o => o.State == OrderState.Completed).Select(o => o.Id).OrderBy(id => id).ToListAsync()));
        sum.Should().Be(Accounts * Balance);
        booked.Should().Equal(applied);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static async Task MigrateAsync(TestDatabase database)
    {
        await using var context = new LedgerContext(database.Options<LedgerContext>(o => Configure(o)));
        await context.Database.MigrateAsync();
        await context.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        using var allowed = context.Database.AllowGovernedWrites("the first balances");
        context.AddRange(Enumerable.Range(1, Accounts).Select(i => new Account { Id = i, Balance = Balance }));
        await context.SaveChangesAsync();
    }

    private static void Configure(DbContextOptionsBuilder options) =>
        options.UseWorkManager().ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
}
