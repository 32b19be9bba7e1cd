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

    public bool AllowSubmitter { get; set; }

    public bool AllowRequester { get; set; } = true;

    public Func<WorkOrder, Actor, string?> Policy { get; set; } = (_, _) => null;

    public Action<ReviewContext<Restock, Restock, Counted>> Ready { get; set; } = _ => { };

    public Func<ApplyContext<Restock, Restock, Counted>, StockContext, CancellationToken, Task> Apply { get; set; } = (_, _, _) => Task.CompletedTask;
}

/// <summary>One person approves it.</summary>
[OrderType("stock.restock")]
public sealed class Restocking(StockScript script, StockContext db) : Scripted(script, db);

/// <summary>Two buyers approve it.</summary>
[OrderType("stock.write_off", Approvals = 2, ApproverRole = "buyer")]
public sealed class WriteOff(StockScript script, StockContext db) : Scripted(script, db);

/// <summary>It is applied by a duty.</summary>
[OrderType("stock.recount", DeferApply = true)]
public sealed class Recount(StockScript script, StockContext db) : Scripted(script, db);

/// <summary>Two people approve it, and it is applied by a duty.</summary>
[OrderType("stock.disposal", Approvals = 2, DeferApply = true)]
public sealed class Disposal(StockScript script, StockContext db) : Scripted(script, db);

/// <summary>Nobody needs to approve it.</summary>
[OrderType("stock.delivery")]
public sealed class Delivery(StockScript script, StockContext db) : Scripted(script, db)
{
    public override bool AutoApprove => true;
}

/// <summary>What it changes can be put back.</summary>
[OrderType("stock.sale", Reversible = true)]
public sealed class Sale(StockScript script, StockContext db) : Scripted(script, db);

/// <summary>The same, and two buyers approve it.</summary>
[OrderType("stock.clearance", Approvals = 2, ApproverRole = "buyer", Reversible = true)]
public sealed class Clearance(StockScript script, StockContext db) : Scripted(script, db);

/// <summary>The same, and it is applied by a duty.</summary>
[OrderType("stock.season", DeferApply = true, Reversible = true)]
public sealed class Season(StockScript script, StockContext db) : Scripted(script, db);

/// <summary>The application's own rule.</summary>
public sealed class StockPolicy(StockScript script) : IApprovalPolicy
{
    public Task<string?> FindObjectionAsync(WorkOrder order, Actor approver, CancellationToken cancellationToken) =>
        Task.FromResult(script.Policy(order, approver));
}

/// <summary>An order type that does what the test says.</summary>
public abstract class Scripted(StockScript script, StockContext db) : OrderType<Restock, Counted>
{
    public override ReviewRequirement Review => script.Review;

    public override bool AllowSelfApproval => script.AllowSubmitter;

    public override bool AllowRequesterApproval => script.AllowRequester;

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

    public IWorkMaintenance Maintenance => services.GetRequiredService<IWorkMaintenance>();

    public IWorkOrderManager By(Actor actor) => services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor);

    public IWorkOrderManager By(Actor actor, string tenant) => services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor, tenant);

    public IWorkOrderManager ByForAllTenants(Actor actor) => services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(actor);

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
        }).UseDbContext<StockContext>().AddOrderType<Restocking>().AddOrderType<WriteOff>().AddOrderType<Recount>().AddOrderType<Disposal>()
            .AddOrderType<Delivery>().AddOrderType<Sale>().AddOrderType<Clearance>().AddOrderType<Season>();
        services.AddScoped<IApprovalPolicy, StockPolicy>();
        return new StockApp(database, services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }), time, script);
    }

    /// <summary>The same with an apply that adds a shelf of the name of each result.</summary>
    public static async Task<StockApp> StartWithShelvesAsync(DatabaseFixture databases)
    {
        var app = await StartAsync(databases);
        app.Script.Apply = (apply, db, _) =>
        {
            db.AddRange(apply.Items.Select(i => new Shelf { Name = i.Result.Text }));
            return Task.CompletedTask;
        };
        return app;
    }

    /// <summary>The same with an apply that adds a price.</summary>
    public static async Task<StockApp> StartWithPricesAsync(DatabaseFixture databases, Action<WorkManagerOptions>? options = null)
    {
        var app = await StartAsync(databases, options: options);
        app.Script.Apply = (_, db, _) =>
        {
            db.Add(new Price { Region = "south", Day = new(2026, 3, 1), Amount = 1 });
            return Task.CompletedTask;
        };
        return app;
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
    public Task<WorkOrder> SubmittedAsync(string text = "text", ProposeOptions? options = null) => SubmittedAsync<Restocking>(text, options);

    /// <inheritdoc cref="SubmittedAsync(string, ProposeOptions?)"/>
    public async Task<WorkOrder> SubmittedAsync<TOrderType>(string text = "text", ProposeOptions? options = null, string tenant = "")
        where TOrderType : OrderType
    {
        var order = await By(Actor.User("anna"), tenant).ProposeAsync<TOrderType>(new Restock(text), options);
        var agent = By(Actor.Agent("agent-1"), tenant);
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
