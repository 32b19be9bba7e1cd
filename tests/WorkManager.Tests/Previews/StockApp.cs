using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace WorkManager.Tests.Previews;

public sealed record Restock(string Text);

public sealed record Counted(string Text);

/// <summary>What the order type of a test does.</summary>
public sealed class StockScript
{
    public ReviewRequirement Review { get; set; }

    public Action<ReviewContext<Restock, Restock, Counted>> Ready { get; set; } = _ => { };

    public Func<ApplyContext<Restock, Restock, Counted>, StockContext, CancellationToken, Task> Apply { get; set; } = (_, _, _) => Task.CompletedTask;
}

[OrderType("stock.restock")]
public sealed class Restocking(StockScript script, StockContext db) : OrderType<Restock, Counted>
{
    public override ReviewRequirement Review => script.Review;

    protected override void ReadyForApproval(ReviewContext<Restock, Restock, Counted> review) => script.Ready(review);

    protected override Task ApplyAsync(ApplyContext<Restock, Restock, Counted> apply, CancellationToken cancellationToken) =>
        script.Apply(apply, db, cancellationToken);
}

/// <summary>A stock with an order type whose apply a test writes.</summary>
public sealed class StockApp : IAsyncDisposable
{
    private static readonly DatabaseTemplate Migrated = new(MigrateAsync);

    private readonly TestDatabase database;
    private readonly ServiceProvider services;

    private StockApp(TestDatabase database, ServiceProvider services, FakeTimeProvider time, StockScript script)
    {
        this.database = database;
        this.services = services;
        Time = time;
        Script = script;
    }

    public FakeTimeProvider Time { get; }

    public StockScript Script { get; }

    public TestDatabase Database => database;

    public IWorkOrderManager Reviewer => By(Actor.User("bert"));

    public IWorkOrderManager By(Actor actor) => services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor);

    public static async Task<StockApp> StartAsync(
        DatabaseFixture databases, Action<DbContextOptionsBuilder>? context = null, Action<WorkManagerOptions>? options = null)
    {
        var database = await databases.CreateAsync(Migrated);
        var (time, script) = (new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)), new StockScript());
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time).AddSingleton(script).AddDbContext<StockContext>(o =>
        {
            database.Configure(o);
            Configure(o);
            context?.Invoke(o);
        });
        services.AddWorkManager(o =>
        {
            o.Clock = ClockSource.TimeProvider;
            options?.Invoke(o);
        }).UseDbContext<StockContext>().AddOrderType<Restocking>();
        return new StockApp(database, services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }), time, script);
    }

    /// <summary>Does something with the host's own context.</summary>
    public async Task<T> WithAsync<T>(Func<StockContext, Task<T>> act)
    {
        await using var scope = services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<StockContext>());
    }

    public Task SeedAsync(params object[] rows) => WithAsync(db =>
    {
        db.AddRange(rows);
        return db.SaveChangesAsync();
    });

    /// <summary>An order that waits for its review.</summary>
    public async Task<WorkOrder> SubmittedAsync(string text = "text")
    {
        var order = await By(Actor.User("anna")).ProposeAsync(new Restock(text));
        var agent = By(Actor.Agent("agent-1"));
        await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = order.Id }))!, new Counted(text));
        return order;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await database.DisposeAsync();
    }

    private static async Task MigrateAsync(TestDatabase database)
    {
        await using var context = new StockContext(database.Options<StockContext>(o => Configure(o)));
        await context.Database.MigrateAsync();
        await context.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
    }

    private static void Configure(DbContextOptionsBuilder options) =>
        options.UseWorkManager().ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
}
