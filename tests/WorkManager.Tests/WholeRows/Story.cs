using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;
using WorkManager.Tests.Support;

namespace WorkManager.Tests.WholeRows;

/// <summary>
/// An application in which everything has a value that could get lost: a tenant, actors behind actors, times with fractions of a second, items of an older
/// version of their type. Beside the rows that a call is about there are others that it must leave alone: of another order, of another tenant, held by the
/// same agent.
/// </summary>
internal sealed partial class Story : IAsyncDisposable
{
    public const string Folder = "tests/WorkManager.Tests/WholeRows/Written";

    private const string Tenant = "acme";
    private const string OtherTenant = "umbrella";
    private static readonly Actor Lead = Actor.Agent("lead", model: "model-l", onBehalfOf: Actor.User("7"));

    public static readonly Actor Planner = Actor.Agent("planner", model: "model-p", onBehalfOf: Lead);
    public static readonly Actor Agent = Actor.Agent("agent-1", model: "model-a", onBehalfOf: Lead);
    public static readonly Actor Reviewer = Actor.User("bert");

    private readonly List<(Guid Id, string Name)> names = [(Guid.Empty, "no id")];
    private readonly List<string> hashed = [.. Enumerable.Range(1, 3).Select(i => $$"""{"note":null,"plot":"p{{i}}","trees":{{i}}}""")];
    private readonly ShopApp app;

    private Story(ShopApp app) => this.app = app;

    public Manner Manner => app.Services.GetRequiredService<Manner>();

    public IWorkMaintenance Maintenance => app.Maintenance;

    public DateTimeOffset Now => app.Time.GetUtcNow();

    public static async Task<Story> StartAsync(DatabaseFixture databases, Action<WorkManagerOptions>? options = null)
    {
        var story = new Story(await ShopApp.StartAsync(
            databases,
            builder => builder.AddOrderType<Surveys>().AddOrderType<Trails>().AddOrderType<Deeds>().AddOrderType<Parcels>().AddGenerator<SurveyGenerator>().Services
                .AddSingleton<Manner>()
                .AddScoped<IAfterCommitHandler<SurveyDone>, SurveyListener>()
                .AddScoped<IWorkTenantProvider>(_ => new Named(Tenant)),
            o =>
            {
                o.Retry.Backoff = TimeSpan.FromSeconds(60);
                o.Retry.Jitter = TimeSpan.Zero;
                options?.Invoke(o);
            }));
        // A fraction of a microsecond, too: it is cut.
        story.app.Time.Advance(TimeSpan.FromTicks(1_234_567));
        await story.app.ReadAsync(db =>
        {
            db.Customers.AddRange(new Customer { Name = "Ada" }, new Customer { Name = "Bob" });
            return db.SaveChangesAsync();
        });
        await story.AddBystandersAsync();
        return story;
    }

    public IWorkOrderManager By(Actor actor) => app.By(actor);

    public IWorkOrderManager ForAllTenants(Actor actor) => app.Services.GetRequiredService<IWorkOrderManagerFactory>().CreateForAllTenants(actor);

    public void Pass(TimeSpan time) => app.Time.Advance(time);

    /// <summary>Makes the hash over a canonical text known.</summary>
    public void HashesOf(params string[] texts) => hashed.AddRange(texts);

    /// <summary>Gives an order and its items names.</summary>
    public void Name(WorkOrder order, string name)
    {
        names.Add((order.Id, name));
        names.AddRange(order.Items.OrderBy(i => i.Id).Select((item, i) => (item.Id, string.Create(CultureInfo.InvariantCulture, $"{name}/item {i + 1}"))));
    }

    /// <summary>The order that the call is about, of an older version of its type, with some items.</summary>
    public async Task<WorkOrder> ProposeAsync(int items, int? attempts = null, string name = "order")
    {
        var plots = Enumerable.Range(1, items).Select(i => new Plot(string.Create(CultureInfo.InvariantCulture, $"p{i}"), Attempts: attempts));
        var order = await By(Planner).ProposeAsync(new Survey("north", 1.50m, [.. plots]), new() { Priority = 50 });
        await app.ReadAsync(async db =>
            await db.Set<WorkOrder>().Where(o => o.Id == order.Id).ExecuteUpdateAsync(set => set.SetProperty(o => o.TypeVersion, 2))
            + await db.Set<WorkItem>().Where(i => i.OrderId == order.Id).ExecuteUpdateAsync(set => set.SetProperty(i => i.TypeVersion, 2)));
        Name(order, name);
        Pass(TimeSpan.FromSeconds(3));
        return order;
    }

    /// <summary>An order whose items come one after the other, the most urgent one.</summary>
    /// <param name="items">How many there are.</param>
    /// <param name="rule">What becomes of what waits.</param>
    /// <param name="after">The orders that it comes after.</param>
    public async Task<WorkOrder> ProposeTrailAsync(int items, DependencyFailure rule = DependencyFailure.Fail, params Guid[] after)
    {
        var plots = Enumerable.Range(1, items).Select(i => string.Create(CultureInfo.InvariantCulture, $"p{i}"));
        var order = await By(Planner).ProposeAsync(new Trail([.. plots]), new() { Priority = 60, After = after });
        await app.ReadAsync(db => db.Set<WorkOrder>().Where(o => o.Id == order.Id).ExecuteUpdateAsync(set => set.SetProperty(o => o.DependencyFailure, rule)));
        Name(order, "trail");
        Pass(TimeSpan.FromSeconds(3));
        return order;
    }

    /// <summary>An order that two people approve; all its items have results.</summary>
    public async Task<WorkOrder> SubmittedDeedAsync(int items)
    {
        var plots = Enumerable.Range(1, items).Select(i => string.Create(CultureInfo.InvariantCulture, $"p{i}"));
        var meta = new System.Text.Json.Nodes.JsonObject { ["county"] = "Kent" };
        var order = await By(Planner).ProposeAsync(new Deed([.. plots]), new() { Priority = 60, Meta = meta, DueAt = Now.AddDays(1) });
        Name(order, "deed");
        for (var i = 1; i <= items; i++)
        {
            await By(Agent).SubmitAsync((await LeaseAsync(1, begun: true))[0], new Finding(string.Create(CultureInfo.InvariantCulture, $"p{i}"), i));
        }

        Pass(TimeSpan.FromSeconds(5));
        return order;
    }

    /// <summary>An order whose changes can be put back; it has its result.</summary>
    public async Task<WorkOrder> SubmittedParcelAsync()
    {
        var order = await By(Planner).ProposeAsync(new Parcel("Eve"), new() { Priority = 60 });
        Name(order, "parcel");
        await By(Agent).SubmitAsync((await LeaseAsync(1, begun: true))[0], new Finding("p1", 1));
        Pass(TimeSpan.FromSeconds(5));
        return order;
    }

    /// <summary>Leases of the first items of the order, which is the most urgent one.</summary>
    public async Task<IReadOnlyList<WorkLease>> LeaseAsync(int items, bool begun = false)
    {
        var leases = await By(Agent).CheckoutManyAsync(items);
        Assert.Equal(items, leases.Count);
        Pass(TimeSpan.FromSeconds(3));
        if (begun)
        {
            await By(Agent).HeartbeatManyAsync([.. leases.Select(l => l.Token)]);
            Pass(TimeSpan.FromSeconds(3));
        }

        return leases;
    }

    public Task<WorkOrder> OrderAsync(Guid id) => app.OrderAsync(id);

    public async Task<WorkOrder> CloneOfAsync(Guid id) =>
        await app.OrderAsync(await app.ReadAsync(db => db.Set<WorkOrder>().Where(o => o.ParentOrderId == id).Select(o => o.Id).SingleAsync()));

    /// <summary>Makes an order one of a type with this rule.</summary>
    public Task RuleAsync(Guid id, ItemFailure rule) => app.ReadAsync(
        db => db.Set<WorkOrder>().Where(o => o.Id == id).ExecuteUpdateAsync(set => set.SetProperty(o => o.ItemFailure, rule)));

    /// <summary>Makes an order say wrong things of its items.</summary>
    public Task MiscountAsync(Guid id) => app.ReadAsync(db => db.Set<WorkOrder>().Where(o => o.Id == id).ExecuteUpdateAsync(set => set
        .SetProperty(o => o.State, OrderState.Queued).SetProperty(o => o.ItemsOpen, 1).SetProperty(o => o.ItemsFailed, 1)));

    /// <summary>Makes a call and compares all that has changed in the database with the file of the test.</summary>
    /// <param name="method">The method that is called, of <see cref="IWorkOrderManager"/> or <see cref="IWorkMaintenance"/>.</param>
    /// <param name="call">The call.</param>
    /// <param name="inAnyOrder">Whether events may be added in any order.</param>
    /// <param name="test">The name of the test.</param>
    public async Task WritesAsync(string method, Func<Task> call, bool inAnyOrder = false, [CallerMemberName] string test = "")
    {
        var before = await ReadAsync();
        if (FaultPlan.Current is { } faults)
        {
            // What fails has done nothing, or all of it.
            var thrown = await faults.RunAsync(app.Database, call);
            var written = Difference(before, await ReadAsync(), inAnyOrder);
            if (IsRecorded(written) || SeparateSteps.Explain(test, thrown is not null, FileOf(test), written))
            {
                return;
            }

            if (thrown is not null && written != RowText.Nothing)
            {
                // Its answer is lost, and with it the ids.
                Assert.Equal(Headings(RepositoryFiles.Read($"{Folder}/{test}.txt")), Headings(written));
                return;
            }

            if (thrown is not null)
            {
                await call();
            }
        }
        else
        {
            await call();
        }

        var difference = Difference(before, await ReadAsync(), inAnyOrder);
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            {test.Replace('_', ' ')}: what {method} writes.
            Now is {Now:yyyy-MM-dd HH:mm:ss.ffffff}.

            {difference}
            """);
        if (FaultPlan.Current is null)
        {
            GeneratedFile.AssertIs($"{Folder}/{test}.txt", text, writes: app.Database.Provider == Provider.Sqlite);
        }
        else
        {
            Assert.Equal(Numbers().Replace(RepositoryFiles.Read($"{Folder}/{test}.txt"), "Id: n"), Numbers().Replace(text, "Id: n"));
        }
    }

    // Without the lines that say what it is.
    private static string FileOf(string test) => string.Join("\n\n", RepositoryFiles.Read($"{Folder}/{test}.txt").Split("\n\n")[1..]);

    // What is rolled back has used up numbers of the database.
    [GeneratedRegex(@"\bId: \d+|\bcustomers:\d+|""key"":\[\d+\]|""Id"":\d+")]
    private static partial Regex Numbers();

    private string Difference(IReadOnlyList<StoredRow> before, IReadOnlyList<StoredRow> after, bool inAnyOrder)
    {
        var text = new RowText(new DateTime(Now.UtcTicks / 10 * 10, DateTimeKind.Utc), Activity.Current!.TraceId.ToString());
        names.ForEach(n => text.Name(n.Id, n.Name));
        hashed.ForEach(text.Hash);
        return text.Difference(before, after, inAnyOrder);
    }

    // That an apply failed, or that a duty has begun, is written down by itself.
    private static bool IsRecorded(string difference) => difference.Contains("in work_duties", StringComparison.Ordinal)
        || difference.Contains("to work_duties", StringComparison.Ordinal)
        || (difference.Contains("Apply failed; nothing was changed", StringComparison.Ordinal)
            && difference.Split('\n').Count(l => l.StartsWith("added to ", StringComparison.Ordinal)) == 1);

    private static IEnumerable<string> Headings(string difference) =>
        difference.Split('\n').Where(l => Heading().IsMatch(l)).Select(l => l.Split(':')[0]).Order(StringComparer.Ordinal);

    [GeneratedRegex("^(added to|changed in|removed from) ")]
    private static partial Regex Heading();

    /// <summary>The same in a transaction of the caller, which is committed after the call, or rolled back.</summary>
    public async Task InTransactionAsync(Actor actor, Func<IWorkOrderManager, Task> call, bool commits = true)
    {
        await using var scope = app.NewScope();
        var host = scope.ServiceProvider.GetRequiredService<ShopContext>();
        await using var transaction = await host.Database.BeginTransactionAsync();
        await call(scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(actor));
        await (commits ? transaction.CommitAsync() : transaction.RollbackAsync());
    }

    public Task<IReadOnlyList<StoredRow>> ReadAsync() => app.ReadAsync(db => StoredRow.ReadAllAsync(app.Database, db.Model));

    public Task ExecuteAsync(string sql) => app.Database.ExecuteAsync(sql);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AddBystandersAsync()
    {
        var day = new CheckoutRequest { Ttl = TimeSpan.FromDays(1) };
        var others = app.Services.GetRequiredService<IWorkOrderManagerFactory>();
        Name(await others.Create(Planner, OtherTenant).ProposeAsync(new Survey("south", 1, [new("s1"), new("s2")]), new() { Priority = 100 }), "another tenant's");
        Assert.NotNull(await others.Create(Agent, OtherTenant).CheckoutAsync(day));

        Name(await By(Planner).ProposeAsync(new Survey("east", 1, [new("e1"), new("e2")]), new() { Priority = 2 }), "another");
        Assert.NotNull(await By(Agent).CheckoutAsync(day));

        Name(await By(Planner).ProposeAsync(new EchoPayload("done"), new() { Priority = 3 }), "another submitted");
        await By(Agent).SubmitAsync((await By(Agent).CheckoutAsync<Echo>())!, new EchoResult(true, true));
        Name(await By(Planner).ProposeAsync(new EchoPayload("held"), new() { Priority = 3 }), "another held");
        Assert.NotNull(await By(Agent).CheckoutAsync(day with { Type = "test.echo" }));
        Name(await By(Planner).ProposeAsync(new EchoPayload("queued"), new() { Priority = 1 }), "another queued");
        Pass(TimeSpan.FromSeconds(2));
    }

    private sealed record Named(string TenantId) : IWorkTenantProvider;
}
