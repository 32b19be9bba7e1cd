using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>A host's filters, interceptors and naming rules are for its own rows.</summary>
public abstract class OpinionatedHostSpecification(DatabaseFixture databases)
{
    private static readonly Actor Agent = Actor.Agent("agent");

    [Fact]
    public async Task Filters_that_hide_everything_hide_nothing_from_the_engine()
    {
        await using var database = await databases.CreateAsync(Migrated);
        await using var services = Start(database);

        var order = await LiveAsync(services);

        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OpinionatedContext>();
        (await db.Set<WorkOrder>().CountAsync()).Should().Be(0, "the host's own queries obey its filters");
        var stored = await db.Set<WorkOrder>().IgnoreQueryFilters().Include(o => o.Items).Include(o => o.Events).AsSplitQuery().SingleAsync();
        stored.State.Should().Be(OrderState.Completed);
        stored.Items.Should().ContainSingle();
        stored.Events.Should().NotBeEmpty();
        (await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().GetAsync(order)).Items.Should().ContainSingle();
        (await scope.ServiceProvider.GetRequiredService<IWorkOrderRepository>().FindAsync(order, OrderParts.None)).Should().NotBeNull();
    }

    [Fact]
    public async Task Save_interceptors_act_on_what_apply_changes_and_see_nothing_of_ours()
    {
        var deletes = new SoftDeletes();
        await using var database = await databases.CreateAsync(Migrated);
        await using var services = Start(database, deletes);

        await LiveAsync(services);

        deletes.Seen.Keys.Should().Equal(typeof(PriceList));
        await using var scope = services.CreateAsyncScope();
        var lists = await scope.ServiceProvider.GetRequiredService<OpinionatedContext>().PriceLists.IgnoreQueryFilters().OrderBy(p => p.Id).ToListAsync();
        lists.Select(l => (l.LongName, l.IsDeleted)).Should().Equal(("old", true), ("new", false));
        lists.Should().OnlyContain(l => l.LastTouched != null);
    }

    [Fact]
    public async Task Naming_rules_rename_the_hosts_tables_and_leave_ours()
    {
        await using var database = await databases.CreateAsync(Migrated);
        await using var services = Start(database);
        await LiveAsync(services);

        await using var scope = services.CreateAsyncScope();
        var model = scope.ServiceProvider.GetRequiredService<OpinionatedContext>().GetService<IDesignTimeModel>().Model;
        model.FindEntityType(typeof(PriceList))!.FindProperty(nameof(PriceList.LongName))!.GetColumnName().Should().Be("LONG_NAME");
        await using var engine = new WorkManagerDbContext(database.Options<WorkManagerDbContext>());
        foreach (var shipped in engine.GetService<IDesignTimeModel>().Model.GetEntityTypes().Where(e => e.ClrType.IsPublic))
        {
            var found = model.FindEntityType(shipped.ClrType)!;
            found.GetTableName().Should().Be(shipped.GetTableName());
            found.GetProperties().Select(p => p.GetColumnName()).Should().BeEquivalentTo(shipped.GetProperties().Select(p => p.GetColumnName()));
        }
    }

    [Fact]
    public async Task Connection_interceptors_act_on_the_engines_connections_and_command_interceptors_do_not()
    {
        var witness = new Witness();
        await using var database = await databases.CreateAsync(Migrated);
        await using var services = Start(database, witness);

        await LiveAsync(services);

        witness.Connected.Keys.Should().BeEquivalentTo([typeof(OpinionatedContext), typeof(WorkManagerDbContext)]);
        witness.Commanding.Keys.Should().Equal(typeof(OpinionatedContext));
    }

    private static readonly DatabaseTemplate Migrated = new(async database =>
    {
        await using var context = new OpinionatedContext(database.Options<OpinionatedContext>(options => Configure(options)));
        await context.Database.MigrateAsync();
        await context.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        context.PriceLists.Add(new PriceList { LongName = "old" });
        await context.SaveChangesAsync();
    });

    private static ServiceProvider Start(TestDatabase database, params IInterceptor[] interceptors)
    {
        var services = new ServiceCollection();
        services.AddDbContext<OpinionatedContext>(options =>
        {
            database.Configure(options);
            Configure(options);
            options.AddInterceptors(interceptors);
        });
        services.AddWorkManager().UseDbContext<OpinionatedContext>().AddOrderType<Reprice>();
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static void Configure(DbContextOptionsBuilder options) =>
        options.UseUpperSnakeCaseNamingConvention().UseWorkManager().ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));

    private static async Task<Guid> LiveAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var manager = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
        var order = await manager.ProposeAsync(new NewPrices("new"));
        var lease = (await manager.As(Agent).CheckoutAsync())!;
        await manager.As(Agent).HeartbeatAsync(lease);
        await manager.As(Agent).SubmitAsync(lease, new EchoResult(true, true));
        (await manager.As(Actor.User("bert")).ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        return order.Id;
    }

    private sealed record NewPrices(string Name);

    /// <summary>Replaces the price list by a new one.</summary>
    [OrderType("test.reprice")]
    private sealed class Reprice(OpinionatedContext db) : OrderType<NewPrices, EchoResult>
    {
        protected override async Task ApplyAsync(ApplyContext<NewPrices, NewPrices, EchoResult> apply, CancellationToken cancellationToken)
        {
            db.PriceLists.RemoveRange(await db.PriceLists.ToListAsync(cancellationToken));
            db.PriceLists.Add(new PriceList { LongName = apply.Payload.Name });
        }
    }
}

public sealed class OpinionatedHostOnSqlite(SqliteFixture databases) : OpinionatedHostSpecification(databases), IOnSqlite;

public sealed class OpinionatedHostOnPostgreSql(PostgreSqlFixture databases) : OpinionatedHostSpecification(databases), IOnPostgreSql;
