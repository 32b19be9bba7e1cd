using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Execution;
using WorkManager.Tests.HostKinds;
using WorkManager.Tests.Shop;
using WorkManager.Tests.Support;

namespace WorkManager.Tests.Execution;

/// <summary>How a write ends, when it runs again, and what becomes of an attempt without an answer.</summary>
public abstract class WriteSpecification(DatabaseFixture databases)
{
    private const int MostTriesAtLocked = 50;
    private const int MostConflicts = 5;

    [Theory]
    [InlineData(Way.Own)]
    [InlineData(Way.WithHost)]
    [InlineData(Way.Joined)]
    public async Task What_is_rolled_back_leaves_its_answer_and_nothing_else(Way way)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var before = await Refusal.ReadAsync(app.Database);

        var seen = await WriteAsync(app, way, async unit => Ending.RollBack(await RaisePriorityAsync(unit, order.Id)));

        seen.Should().Be(1, "the body saw its own write");
        (await Refusal.ReadAsync(app.Database)).Should().Equal(before);
    }

    [Theory]
    [InlineData(Way.Own)]
    [InlineData(Way.Command)]
    [InlineData(Way.WithHost)]
    [InlineData(Way.Joined)]
    public async Task What_is_committed_is_there(Way way)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();

        await WriteAsync(app, way, async unit => Ending.Commit(await RaisePriorityAsync(unit, order.Id)));

        (await app.OrderAsync(order.Id)).Priority.Should().Be(1);
    }

    [Fact]
    public async Task What_is_committed_before_it_answers_cannot_be_rolled_back()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();

        var write = () => WriteAsync(app, Way.Command, async unit => Ending.RollBack(await RaisePriorityAsync(unit, order.Id)));

        if (CommandsStandAlone)
        {
            (await write.Should().ThrowAsync<InvalidOperationException>()).WithMessage("'test' asked to roll back a write by command*");
        }
        else
        {
            await write();
            (await app.OrderAsync(order.Id)).Priority.Should().Be(0);
        }
    }

    [Fact]
    public async Task A_caller_can_go_on_in_a_transaction_of_which_a_write_was_rolled_back()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        await using var scope = app.NewScope();
        var host = scope.ServiceProvider.GetRequiredService<ShopContext>();
        await using var transaction = await host.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
        host.Customers.Add(new Customer { Name = "Ada" });
        await host.SaveChangesAsync(TestContext.Current.CancellationToken);

        await Writing.AsOperationAsync(app, scope.ServiceProvider, context => context.WriteAsync(
            Write.Repeatable(async unit => Ending.RollBack(await RaisePriorityAsync(unit, order.Id))), default));
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        (await app.OrderAsync(order.Id)).Priority.Should().Be(0);
        (await app.ReadAsync(db => db.Customers.CountAsync())).Should().Be(1);
    }

    [Fact]
    public async Task A_write_that_finds_something_locked_lets_go_and_runs_again_until_its_last_attempt_waits()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync();
        var waits = new List<bool>();
        var doubts = new List<bool>();

        var answer = await WriteAsync(app, Way.Own, async unit =>
        {
            waits.Add(unit.Attempt.Waits);
            doubts.Add(unit.Attempt.MayBeDone);
            return Ending.TryAgain(await RaisePriorityAsync(unit, order.Id));
        });
        await WriteAsync(app, Way.Command, unit =>
        {
            doubts.Add(unit.Attempt.MayBeDone);
            return Task.FromResult(Ending.TryAgain(0));
        });

        doubts.Should().HaveCount(2 * MostTriesAtLocked).And.OnlyContain(doubt => !doubt, "each attempt before has answered");

        waits.Should().Equal([.. Enumerable.Repeat(false, MostTriesAtLocked - 1), true]);
        answer.Should().Be(1, "each attempt begins anew");
        (await app.OrderAsync(order.Id)).Priority.Should().Be(0);
    }

    [Fact]
    public async Task All_attempts_of_a_call_have_its_id_and_another_call_has_another()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var ids = new List<Guid>();

        for (var call = 0; call < 2; call++)
        {
            await Writing.AsOperationAsync(app, null, async context =>
            {
                await context.WriteAsync(
                    Write.Repeatable(unit =>
                    {
                        ids.Add(unit.OperationId);
                        return Task.FromResult(Ending.TryAgain(0));
                    }),
                    default);
                return await context.WriteWithHostAsync(
                    Write.Once<int>(
                        hosted =>
                        {
                            ids.Add(hosted.Unit.OperationId);
                            return Task.FromResult(Ending.Commit(0));
                        },
                        (_, _) => Task.FromResult(false)),
                    default);
            });
        }

        ids.Should().HaveCount(2 * (MostTriesAtLocked + 1)).And.NotContain(Guid.Empty);
        ids.Chunk(MostTriesAtLocked + 1).Select(c => c.Distinct().Should().ContainSingle().Which).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_write_in_a_callers_transaction_waits_at_once_and_runs_once()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var waits = new List<bool>();

        await WriteAsync(app, Way.Joined, unit =>
        {
            waits.Add(unit.Attempt.Waits);
            return Task.FromResult(Ending.TryAgain(0));
        });

        waits.Should().Equal(true);
    }

    [Fact]
    public async Task Between_attempts_at_something_locked_the_caller_can_cancel()
    {
        await using var app = await ShopApp.StartAsync(databases);
        using var cancel = new CancellationTokenSource();
        var attempts = 0;

        var write = () => Writing.AsOperationAsync(app, null, context => context.WriteAsync(
            Write.Repeatable(unit =>
            {
                attempts++;
                cancel.Cancel();
                return Task.FromResult(Ending.TryAgain(0));
            }),
            cancel.Token));

        await write.Should().ThrowAsync<OperationCanceledException>();
        attempts.Should().Be(1);
    }

    [Theory]
    [InlineData(Way.Own, MostConflicts)]
    [InlineData(Way.Command, MostConflicts)]
    [InlineData(Way.WithHost, 1)]
    [InlineData(Way.Joined, 1)]
    public async Task What_the_database_takes_back_runs_again_unless_host_code_ran_or_the_caller_owns_it_and_is_busy_in_the_end(Way way, int expected)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var attempts = 0;

        var doubts = new List<bool>();

        var write = () => WriteAsync<int>(app, way, unit =>
        {
            attempts++;
            doubts.Add(unit.Attempt.MayBeDone);
            throw Conflict();
        });

        (await write.Should().ThrowAsync<WorkBusyException>()).Which.Code.Should().Be("busy");
        doubts.Should().OnlyContain(doubt => !doubt, "what was taken back is not there");
        attempts.Should().Be(RepeatsConflicts ? expected : 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_without_an_answer_is_asked_for_before_there_is_another_attempt(bool isCommitted)
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);
        var order = await app.ProposeEchoAsync();
        var attempts = new List<bool>();

        faults.Arm(isCommitted ? Fault.CommitAnswer : Fault.Committing);
        var answer = await Writing.AsOperationAsync(app, null, context => context.WriteAsync(
            Write.Once<int>(
                async unit =>
                {
                    attempts.Add(unit.Attempt.MayBeDone);
                    await RaisePriorityAsync(unit, order.Id);
                    return Ending.Commit(attempts.Count);
                },
                (rows, asked) => rows.Orders.AnyAsync(o => o.Id == order.Id && o.Priority == asked)),
            default));

        answer.Should().Be(attempts.Count);
        attempts.Should().Equal(isCommitted ? [false] : [false, true]);
        (await app.OrderAsync(order.Id)).Priority.Should().Be(1, "whatever was lost, it was written once");
    }

    [Theory]
    [InlineData(Way.Own)]
    [InlineData(Way.WithHost)]
    public async Task A_connection_that_opens_again_in_the_middle_of_a_write_carries_nothing_on(Way way)
    {
        await using var app = await StartAsync(new Faults());
        var order = await app.ProposeEchoAsync();
        var attempts = 0;

        var answer = await WriteAsync(app, way, async unit =>
        {
            attempts++;
            var priority = await RaisePriorityAsync(unit, order.Id);
            if (attempts == 1)
            {
                await unit.Db.Database.GetDbConnection().CloseAsync();
                priority = await RaisePriorityAsync(unit, order.Id);
            }

            return Ending.Commit(priority);
        });

        attempts.Should().Be(2);
        answer.Should().Be(1);
        (await app.OrderAsync(order.Id)).Priority.Should().Be(1);
    }

    [Theory]
    [InlineData("repeatable", 1)]
    [InlineData("recognizing", 2)]
    [InlineData("once", 2)]
    public async Task A_caller_who_goes_away_ends_what_may_be_repeated_but_not_what_has_to_be_known(string kind, int expected)
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);
        var order = await app.ProposeEchoAsync();
        using var cancel = new CancellationTokenSource();
        var attempts = 0;
        async Task<Ending<int>> Body(UnitOfWork unit)
        {
            attempts++;
            await cancel.CancelAsync();
            return Ending.Commit(await RaisePriorityAsync(unit, order.Id));
        }

        faults.Arm(Fault.Committing);
        var write = () => Writing.AsOperationAsync(app, null, context => context.WriteAsync(
            kind switch
            {
                "repeatable" => Write.Repeatable(Body),
                "recognizing" => Write.Recognizing(Body),
                _ => Write.Once<int>(Body, (_, _) => Task.FromResult(false)),
            },
            cancel.Token));
        if (kind == "repeatable")
        {
            await write.Should().ThrowAsync<OperationCanceledException>();
        }
        else
        {
            await write();
        }

        attempts.Should().Be(expected);
    }

    public enum Way
    {
        Own,
        Command,
        WithHost,
        Joined,
    }

    /// <summary>Whether the database takes back transactions that are in each other's way.</summary>
    protected abstract bool RepeatsConflicts { get; }

    /// <summary>Whether a command is a transaction of its own.</summary>
    protected abstract bool CommandsStandAlone { get; }

    /// <summary>What the database throws when it takes a transaction back.</summary>
    protected abstract Exception Conflict();

    /// <summary>Points a context at a database, with an execution strategy that tries again.</summary>
    private protected abstract void Configure(DbContextOptionsBuilder options, string connectionString);

    private async Task<ShopApp> StartAsync(Faults faults)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        return ShopApp.On(
            database,
            builder => builder.Services.AddSingleton(faults),
            context: options =>
            {
                Configure(options, database.ConnectionString);
                options.AddInterceptors(faults);
            });
    }

    private static async Task<T> WriteAsync<T>(ShopApp app, Way way, Func<UnitOfWork, Task<Ending<T>>> body)
    {
        await using var scope = app.NewScope();
        var host = scope.ServiceProvider.GetRequiredService<ShopContext>();
        await using var transaction = way == Way.Joined ? await host.Database.BeginTransactionAsync() : null;
        var answer = await Writing.AsOperationAsync(app, scope.ServiceProvider, context => way switch
        {
            Way.Command => context.WriteByCommandAsync(Write.Repeatable(body), default),
            Way.WithHost => context.WriteWithHostAsync(Write.Once<T>(hosted => body(hosted.Unit), (_, _) => Task.FromResult(false)), default),
            _ => context.WriteAsync(Write.Repeatable(body), default),
        });
        if (transaction is not null)
        {
            await transaction.CommitAsync();
        }

        return answer;
    }

    private static async Task<int> RaisePriorityAsync(UnitOfWork unit, Guid orderId)
    {
        var order = await unit.LockOrderAsync(orderId);
        order.Priority++;
        await unit.SaveAsync();
        return await unit.Db.WorkOrders.AsNoTracking().Where(o => o.Id == orderId).Select(o => o.Priority).SingleAsync();
    }
}

public sealed class WriteOnSqlite(SqliteFixture databases) : WriteSpecification(databases), IOnSqlite
{
    protected override bool RepeatsConflicts => false;

    protected override bool CommandsStandAlone => false;

    protected override Exception Conflict() => new Microsoft.Data.Sqlite.SqliteException("database is locked", 5);

    private protected override void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseSqlite(connectionString, sqlite => sqlite.ExecutionStrategy(dependencies => new AgainAfterTimeout(dependencies)));

    private sealed class AgainAfterTimeout(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 3, TimeSpan.FromMilliseconds(1))
    {
        protected override bool ShouldRetryOn(Exception exception) => exception is TimeoutException;
    }
}

public sealed class WriteOnPostgreSql(PostgreSqlFixture databases) : WriteSpecification(databases), IOnPostgreSql
{
    protected override bool RepeatsConflicts => true;

    protected override bool CommandsStandAlone => true;

    protected override Exception Conflict() => new Npgsql.PostgresException("deadlock detected", "ERROR", "ERROR", "40P01");

    private protected override void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseNpgsql(connectionString, npgsql => npgsql.EnableRetryOnFailure(3, TimeSpan.FromMilliseconds(1), null));
}
