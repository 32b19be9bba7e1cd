using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace WorkManager.Tests.Shop;

/// <summary>An application with WorkManager in it, on a database of its own, with time that stands still until it is moved.</summary>
public sealed class ShopApp : IAsyncDisposable
{
    public static readonly DatabaseTemplate Migrated = new(MigrateAsync);

    private readonly ServiceProvider services;

    private ShopApp(TestDatabase database, ServiceProvider services, FakeTimeProvider time)
    {
        Database = database;
        this.services = services;
        Time = time;
    }

    public TestDatabase Database { get; }

    public FakeTimeProvider Time { get; }

    public IServiceProvider Services => services;

    public IWorkOrderManager Requester => By(Actor.User("requester"));

    public IWorkOrderManager Reviewer => By(Actor.User("bert"));

    public IWorkMaintenance Maintenance => services.GetRequiredService<IWorkMaintenance>();

    public IWorkOrderManager Agent(string id) => By(Actor.Agent(id));

    /// <summary>A manager whose calls have scopes of their own: it can be used from many tasks at once.</summary>
    public IWorkOrderManager By(Actor actor) => services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor);

    public AsyncServiceScope NewScope() => services.CreateAsyncScope();

    /// <summary>Reads through the host's own context.</summary>
    public async Task<T> ReadAsync<T>(Func<ShopContext, Task<T>> read)
    {
        await using var scope = NewScope();
        return await read(scope.ServiceProvider.GetRequiredService<ShopContext>());
    }

    public Task<WorkOrder> OrderAsync(Guid id) => ReadAsync(db =>
        db.Set<WorkOrder>().AsNoTracking().Include(o => o.Items.OrderBy(i => i.Id)).Include(o => o.Events.OrderBy(e => e.Id)).SingleAsync(o => o.Id == id));

    public Task<WorkItem> ItemAsync(Guid id) => ReadAsync(db => db.Set<WorkItem>().AsNoTracking().SingleAsync(i => i.Id == id));

    public Task<List<string>> LedgerAsync(Guid orderId) => ReadAsync(db => db.Ledger.Where(l => l.OrderId == orderId).Select(l => l.Text).ToListAsync());

    /// <summary>What happened to an order and its items, in order of the trail.</summary>
    public async Task<List<string>> EventsAsync(Guid orderId) => [.. (await OrderAsync(orderId)).Events.Select(e => e.Event)];

    public static Task<ShopApp> StartAsync(DatabaseFixture databases) => StartAsync(databases, null);

    public static async Task<ShopApp> StartAsync(
        DatabaseFixture databases, Action<IWorkManagerBuilder>? configure, Action<WorkManagerOptions>? options = null,
        Action<DbContextOptionsBuilder>? context = null)
    {
        var database = await databases.CreateAsync(Migrated);
        return On(database, configure, options, context);
    }

    /// <summary>An application on a database that is there already, or on the one that each scope chooses.</summary>
    public static ShopApp On(
        TestDatabase database, Action<IWorkManagerBuilder>? configure = null, Action<WorkManagerOptions>? options = null,
        Action<DbContextOptionsBuilder>? context = null, Func<IServiceProvider, TestDatabase>? choose = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddDbContext<ShopContext>((scope, o) =>
        {
            (choose?.Invoke(scope) ?? database).Configure(o);
            Configure(o);
            context?.Invoke(o);
        });
        var builder = services.AddWorkManager(o =>
        {
            o.Clock = ClockSource.TimeProvider;
            o.Lease.Ttl = TimeSpan.FromSeconds(120);
            o.Lease.HeartbeatEvery = TimeSpan.FromSeconds(30);
            o.Retry.DefaultMaxAttempts = 2;
            options?.Invoke(o);
        }).UseDbContext<ShopContext>().AddOrderType<Echo>().AddOrderType<Batches>();
        configure?.Invoke(builder);
        return new ShopApp(database, services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }), time);
    }

    /// <summary>Creates the tables in an empty database, for templates that put more into it.</summary>
    public static async Task MigrateAsync(TestDatabase database)
    {
        await using var context = new ShopContext(database.Options<ShopContext>(o => Configure(o)));
        await context.Database.MigrateAsync();
        await context.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static void Configure(DbContextOptionsBuilder options) =>
        // The tests' host has no migrations of its own: its tables are created from the model.
        options.UseWorkManager().ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
}
