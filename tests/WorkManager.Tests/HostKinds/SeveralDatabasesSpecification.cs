using System.Data.Common;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>
/// Every row goes to the database that the host's context reaches when it calls: by its options, by a connection string or a connection that it was given
/// since, or by a scoped service.
/// </summary>
public abstract class SeveralDatabasesSpecification(DatabaseFixture databases)
{
    public enum Way
    {
        ConnectionString,
        Connection,
        OpenConnection,
        ConnectionStringOnly,
        ConnectionInPlaceOfAnother,
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Way.ConnectionString)]
    [InlineData(Way.Connection)]
    [InlineData(Way.OpenConnection)]
    [InlineData(Way.ConnectionStringOnly)]
    [InlineData(Way.ConnectionInPlaceOfAnother)]
    public async Task The_engine_writes_to_the_database_of_the_connection_that_the_context_has_now(Way way)
    {
        await using var app = await StartAsync(way);
        await using var other = await databases.CreateAsync(ShopApp.Migrated);
        await using var scope = app.NewScope();
        await using var connection = other.CreateConnection();
        await PointAsync(scope.ServiceProvider.GetRequiredService<ShopContext>(), way, other, connection);
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();

        var order = await work.As(Actor.User("requester")).ProposeAsync(Batches.Payload(3), cancellationToken: Cancel);
        var agent = work.As(Actor.Agent("agent"));
        var leases = await agent.CheckoutManyAsync(3, cancellationToken: Cancel);
        await agent.HeartbeatAsync(leases[0].Token, Cancel);
        await agent.ReleaseAsync(leases[1].Token, Cancel);
        await agent.SubmitAsync(leases[2], new BatchResult("b", true, 1), cancellationToken: Cancel);
        await work.As(Actor.User("bert")).RejectAsync(order.Id, [new RejectionReason("unneeded", "Not needed.")], Cancel);

        leases.Should().HaveCount(3);
        (await CountAsync(other, "work_orders")).Should().Be(1);
        (await CountAsync(other, "work_events")).Should().BeGreaterThan(8);
        foreach (var table in (string[])["work_orders", "work_items", "work_events", "work_decisions", "work_provenances"])
        {
            (await CountAsync(app.Database, table)).Should().Be(0, table);
        }

        var found = await scope.ServiceProvider.GetRequiredService<IWorkOrderRepository>().FindAsync(order.Id, cancellationToken: Cancel);
        found!.State.Should().Be(OrderState.Rejected);
    }

    [Theory]
    [InlineData(Way.ConnectionString)]
    [InlineData(Way.Connection)]
    public async Task An_apply_whose_new_scope_is_on_another_database_is_refused_with_the_name_of_the_hook(Way way)
    {
        await using var app = await StartAsync(way);
        await using var other = await databases.CreateAsync(ShopApp.Migrated);
        await using var scope = app.NewScope();
        await using var connection = other.CreateConnection();
        await PointAsync(scope.ServiceProvider.GetRequiredService<ShopContext>(), way, other, connection);
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
        var order = await SubmittedAsync(work);

        var refused = await FluentActions.Awaiting(() => work.As(Actor.User("bert")).ApproveAsync(order, cancellationToken: Cancel))
            .Should().ThrowAsync<WorkManagerException>();

        refused.Which.Code.Should().Be("other_database");
        refused.Which.Message.Should().Contain("CarryScope");
        (await CountAsync(other, "work_decisions")).Should().Be(0);
        (await CountAsync(app.Database, "ledger")).Should().Be(0);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task With_a_scoped_choice_that_is_carried_over_a_whole_life_stays_in_its_database(bool automatic)
    {
        var after = new List<string>();
        var script = new Script { AutoApprove = automatic };
        script.After = (_, services) =>
        {
            after.Add(services.GetRequiredService<ShopContext>().Database.GetConnectionString()!);
            return Task.CompletedTask;
        };
        await using var unused = await databases.CreateAsync(ShopApp.Migrated);
        await using var one = await databases.CreateAsync(ShopApp.Migrated);
        await using var two = await databases.CreateAsync(ShopApp.Migrated);
        await using var app = On(unused, script, carries: true);

        foreach (var database in (TestDatabase[])[one, two])
        {
            await using var scope = app.NewScope();
            scope.ServiceProvider.GetRequiredService<Chosen>().Database = database;
            var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
            var order = await SubmittedAsync(work);
            if (!automatic)
            {
                await work.As(Actor.User("bert")).ApproveAsync(order, cancellationToken: Cancel);
            }

            (await database.ScalarAsync("SELECT state FROM work_orders")).Should().Be("completed");
            (await CountAsync(database, "ledger")).Should().Be(1);
        }

        (await CountAsync(unused, "work_orders")).Should().Be(0);
        after.Should().Equal(one.ConnectionString, two.ConnectionString);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_interceptor_may_choose_the_database_when_a_connection_is_opened(bool carries)
    {
        await using var unused = await databases.CreateAsync(ShopApp.Migrated);
        await using var one = await databases.CreateAsync(ShopApp.Migrated);
        var services = new ServiceCollection();
        services.AddScoped<Chosen>();
        services.AddDbContext<ShopContext>((scope, options) =>
        {
            unused.Configure(options);
            options.AddInterceptors(new Chooses(scope.GetRequiredService<Chosen>()));
        });
        var builder = services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<Scripted>();
        builder.Services.AddSingleton(new Script());
        if (carries)
        {
            builder.CarryScope<Chosen>((caller, fresh) => fresh.Database = caller.Database);
        }

        await using var app = services.BuildServiceProvider(validateScopes: true);
        await using var scope = app.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Chosen>().Database = one;
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
        var order = await SubmittedAsync(work);

        var approve = () => work.As(Actor.User("bert")).ApproveAsync(order, cancellationToken: Cancel);

        if (carries)
        {
            (await approve()).State.Should().Be(OrderState.Completed);
        }
        else
        {
            (await approve.Should().ThrowAsync<WorkManagerException>()).Which.Code.Should().Be("other_database");
        }

        (await CountAsync(one, "ledger")).Should().Be(carries ? 1 : 0);
        (await CountAsync(unused, "work_orders")).Should().Be(0);
    }

    [Fact]
    public async Task Without_the_hook_an_approval_says_so_and_changes_nothing()
    {
        await using var unused = await databases.CreateAsync(ShopApp.Migrated);
        await using var one = await databases.CreateAsync(ShopApp.Migrated);
        await using var app = On(unused, new Script(), carries: false);
        await using var scope = app.NewScope();
        scope.ServiceProvider.GetRequiredService<Chosen>().Database = one;
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
        var order = await SubmittedAsync(work);

        await FluentActions.Awaiting(() => work.As(Actor.User("bert")).ApproveAsync(order, cancellationToken: Cancel))
            .Should().ThrowAsync<WorkManagerException>().Where(e => e.Code == "other_database");

        (await one.ScalarAsync("SELECT state FROM work_orders")).Should().Be("submitted");
        (await CountAsync(unused, "ledger")).Should().Be(0);
    }

    [Fact]
    public async Task A_context_that_is_passed_decides_the_database()
    {
        await using var unused = await databases.CreateAsync(ShopApp.Migrated);
        await using var one = await databases.CreateAsync(ShopApp.Migrated);
        await using var app = On(unused, new Script(), carries: true);
        await using var context = new ShopContext(one.Options<ShopContext>(o => o.UseWorkManager()));
        await using var scope = app.NewScope();
        scope.ServiceProvider.GetRequiredService<Chosen>().Database = one;

        await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.User("requester")).In(context)
            .ProposeAsync(new EchoPayload("a"), cancellationToken: Cancel);

        (await CountAsync(one, "work_orders")).Should().Be(1);
        (await CountAsync(unused, "work_orders")).Should().Be(0);
    }

    [Fact]
    public async Task The_order_type_never_plans_or_checks_on_another_database_than_the_call()
    {
        await using var unused = await databases.CreateAsync(ShopApp.Migrated);
        await using var one = await databases.CreateAsync(ShopApp.Migrated);
        var script = new Script();
        await using var app = On(unused, script, carries: true);
        await using var context = new ShopContext(one.Options<ShopContext>(o => o.UseWorkManager()));
        await using var there = On(one, new Script(), carries: true);
        await there.Requester.ProposeAsync(new Note("n"), cancellationToken: Cancel);
        var agent = app.Agent("agent").In(context);
        var lease = (await agent.CheckoutAsync(cancellationToken: Cancel))!;

        var propose = await app.RefusesAsync<WorkManagerException>("other_database", () => app.Requester.In(context).ProposeAsync(new Note("n")));
        await app.RefusesAsync<WorkManagerException>("other_database", () => agent.SubmitAsync(lease, new Answer("a")));

        propose.Message.Should().Contain("In()");
        script.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task Maintenance_works_on_the_database_that_a_scope_has_chosen()
    {
        await using var unused = await databases.CreateAsync(ShopApp.Migrated);
        await using var one = await databases.CreateAsync(ShopApp.Migrated);
        var script = new Script { AutoApprove = true, Ready = r => r.NotReady("Not yet.") };
        await using var app = On(unused, script, carries: true);
        await using var scope = app.NewScope();
        scope.ServiceProvider.GetRequiredService<Chosen>().Database = one;
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
        var order = await SubmittedAsync(work);
        await work.As(Actor.User("requester")).ProposeAsync(new Note("n"), cancellationToken: Cancel);
        (await work.As(Actor.Agent("agent")).CheckoutAsync(cancellationToken: Cancel)).Should().NotBeNull();
        script.Ready = _ => { };
        app.Time.Advance(TimeSpan.FromMinutes(5));
        var maintenance = app.Maintenance.In(scope.ServiceProvider);

        (await app.Maintenance.ApproveDueAsync(Cancel)).Should().Be(0);
        (await maintenance.ApproveDueAsync(Cancel)).Should().Be(1);
        (await maintenance.ReclaimExpiredAsync(Cancel)).Should().Be(1);
        await maintenance.CheckSchemaAsync(Cancel);

        (await work.GetAsync(order, Cancel)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task An_open_connection_of_the_caller_is_the_same_database()
    {
        await using var app = await ShopApp.StartAsync(databases, builder => builder.AddOrderType<Scripted>().Services.AddSingleton(new Script()));
        await using var scope = app.NewScope();
        await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.OpenConnectionAsync(Cancel);
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();

        var order = await SubmittedAsync(work);

        (await work.As(Actor.User("bert")).ApproveAsync(order, cancellationToken: Cancel)).State.Should().Be(OrderState.Completed);
    }

    private static ShopApp On(TestDatabase unused, Script script, bool carries) => ShopApp.On(
        unused,
        builder =>
        {
            builder.AddOrderType<Scripted>().Services.AddSingleton(script).AddScoped<Chosen>();
            if (carries)
            {
                builder.CarryScope<Chosen>((caller, fresh) => fresh.Database = caller.Database);
            }
        },
        choose: scope => scope.GetRequiredService<Chosen>().Database ?? unused);

    private async Task<ShopApp> StartAsync(Way way)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        return ShopApp.On(
            database, builder => builder.AddOrderType<Scripted>().Services.AddSingleton(new Script()), null,
            way switch
            {
                Way.ConnectionStringOnly => options => Change(options, o => o.WithConnectionString(null)),
                Way.ConnectionInPlaceOfAnother => options => Change(options, o => o.WithConnectionString(null).WithConnection(database.CreateConnection())),
                _ => null,
            });
    }

    private static async Task PointAsync(ShopContext context, Way way, TestDatabase other, DbConnection connection)
    {
        switch (way)
        {
            case Way.ConnectionString or Way.ConnectionStringOnly:
                context.Database.SetConnectionString(other.ConnectionString);
                break;
            case Way.OpenConnection:
                await connection.OpenAsync(Cancel);
                context.Database.SetDbConnection(connection);
                break;
            default:
                context.Database.SetDbConnection(connection);
                break;
        }
    }

    private static async Task<Guid> SubmittedAsync(IWorkOrderManager work)
    {
        var order = await work.As(Actor.User("requester")).ProposeAsync(new Note("n"), cancellationToken: Cancel);
        var agent = work.As(Actor.Agent("agent"));
        var lease = await agent.CheckoutAsync(cancellationToken: Cancel);
        await agent.SubmitAsync(lease!, new Answer("a"), cancellationToken: Cancel);
        return order.Id;
    }

    private static void Change(DbContextOptionsBuilder options, Func<RelationalOptionsExtension, RelationalOptionsExtension> change) =>
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(change(RelationalOptionsExtension.Extract(options.Options)));

    private static async Task<long> CountAsync(TestDatabase database, string table) =>
        Convert.ToInt64(await database.ScalarAsync($"SELECT count(*) FROM {table}"), System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Chooses(Chosen chosen) : DbConnectionInterceptor
    {
        public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
        {
            connection.ConnectionString = chosen.Database?.ConnectionString ?? connection.ConnectionString;
            return result;
        }

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(ConnectionOpening(connection, eventData, result));
    }

    /// <summary>What chooses the database of a scope.</summary>
    private sealed class Chosen
    {
        public TestDatabase? Database { get; set; }
    }
}

public sealed class SeveralDatabasesOnSqlite(SqliteFixture databases) : SeveralDatabasesSpecification(databases), IOnSqlite;

public sealed class SeveralDatabasesOnPostgreSql(PostgreSqlFixture databases) : SeveralDatabasesSpecification(databases), IOnPostgreSql;
