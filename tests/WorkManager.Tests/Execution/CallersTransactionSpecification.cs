using System.Transactions;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Execution;

/// <summary>Which operations become part of a transaction that the caller has open on its context, and which refuse to.</summary>
public abstract class CallersTransactionSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] No = [new("no", "No.")];

    protected DatabaseFixture Databases => databases;

    [Theory]
    [InlineData("propose", true)]
    [InlineData("propose", false)]
    [InlineData("submit", true)]
    [InlineData("submit", false)]
    [InlineData("reject", true)]
    [InlineData("reject", false)]
    [InlineData("cancel", true)]
    [InlineData("cancel", false)]
    [InlineData("hold", true)]
    [InlineData("hold", false)]
    public async Task What_joins_is_committed_or_rolled_back_with_the_callers_own_rows(string operation, bool commit)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        var before = await Refusal.ReadAsync(app.Database);

        await using (var caller = await Caller.BeginAsync(app))
        {
            await caller.AddCustomerAsync("Ada");
            await JoinAsync(caller.Work, operation, lease);
            (await Refusal.ReadAsync(app.Database)).Should().Equal(before, "nobody else sees any of it yet");
            if (commit)
            {
                await caller.Transaction.CommitAsync();
            }
        }

        if (!commit)
        {
            (await Refusal.ReadAsync(app.Database)).Should().Equal(before);
            return;
        }

        (await CustomersAsync(app)).Should().Equal("Ada");
        var states = await app.ReadAsync(db => db.Set<WorkOrder>().OrderBy(o => o.Id).Select(o => o.State).ToListAsync());
        states.Should().Equal(operation switch
        {
            "propose" => [OrderState.CheckedOut, OrderState.Queued],
            "submit" => [OrderState.Submitted],
            "hold" => [OrderState.Queued],
            _ => [OrderState.Rejected],
        });
    }

    [Theory]
    [InlineData("propose")]
    [InlineData("submit")]
    [InlineData("submit wrong")]
    [InlineData("submit again")]
    [InlineData("submit late")]
    [InlineData("reject")]
    [InlineData("reject done")]
    [InlineData("cancel")]
    [InlineData("cancel done")]
    public async Task A_refusal_leaves_the_callers_transaction_and_pending_rows_intact_and_usable(string operation)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        var done = await app.ProposeEchoAsync();
        await app.Requester.CancelAsync(done.Id);
        await using (var caller = await Caller.BeginAsync(app))
        {
            await caller.AddCustomerAsync("saved before");
            caller.Db.Customers.Add(new Customer { Name = "pending" });
            if (operation == "submit again")
            {
                await JoinAsync(caller.Work, "submit", lease);
            }
            else if (operation == "submit late")
            {
                app.Time.Advance(lease.Ttl);
            }

            var revisions = await caller.RevisionsAsync();
            var call = () => operation switch
            {
                "propose" => caller.Work.ProposeAsync(new EchoPayload("")),
                "submit" => caller.Work.As(Actor.Agent("agent-2")).SubmitAsync(lease, Steps.Verified),
                "submit wrong" => caller.Work.As(Actor.Agent("agent-1")).SubmitAsync(lease, new EchoResult(true, false)),
                "submit again" or "submit late" => caller.Work.As(Actor.Agent("agent-1")).SubmitAsync(lease, Steps.Verified),
                "reject" => caller.Work.RejectAsync(Guid.NewGuid(), No),
                "reject done" => caller.Work.RejectAsync(done.Id, No),
                "cancel done" => caller.Work.CancelAsync(done.Id),
                _ => (Task)caller.Work.CancelAsync(Guid.NewGuid()),
            };
            await call.Should().ThrowAsync<WorkManagerException>();

            (await caller.RevisionsAsync()).Should().Equal(revisions, "what a refused operation locked by writing is as it was");
            caller.Db.ChangeTracker.Entries<Customer>().Count(e => e.State == EntityState.Added).Should().Be(1, "the caller's pending row is not saved for it");
            await caller.Db.SaveChangesAsync();
            await caller.Work.ProposeAsync(new EchoPayload("after"));
            await caller.Transaction.CommitAsync();
        }

        (await CustomersAsync(app)).Should().Equal("saved before", "pending");
        var order = await app.OrderAsync(lease.OrderId);
        order.State.Should().Be(operation == "submit again" ? OrderState.Submitted : OrderState.CheckedOut);
        (order.Items.Single().Error is not null).Should().Be(operation == "submit wrong", "why a result was refused is recorded");
        (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(3);
    }

    [Fact]
    public async Task A_fault_of_the_database_in_the_middle_leaves_the_callers_transaction_usable()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        await app.Database.ExecuteAsync("ALTER TABLE work_decisions RENAME TO elsewhere");
        await using (var caller = await Caller.BeginAsync(app))
        {
            await caller.AddCustomerAsync("before");
            var revisions = await caller.RevisionsAsync();

            var reject = () => caller.Work.RejectAsync(order.Id, No);
            await reject.Should().ThrowAsync<System.Data.Common.DbException>("errors of the database pass as the provider's");

            (await caller.RevisionsAsync()).Should().Equal(revisions);
            await caller.AddCustomerAsync("after");
            await caller.Transaction.CommitAsync();
        }

        (await CustomersAsync(app)).Should().Equal("before", "after");
        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.Items.Single().State).Should().Be((OrderState.Submitted, ItemState.Submitted));
        stored.Events.Should().HaveCount(order.Events.Count);
    }

    [Theory]
    [InlineData("checkout")]
    [InlineData("checkout of a type")]
    [InlineData("checkout many")]
    [InlineData("heartbeat")]
    [InlineData("release")]
    [InlineData("approve")]
    public async Task What_cannot_join_refuses_and_changes_nothing(string operation)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        await app.ProposeEchoAsync();
        await using var caller = await Caller.BeginAsync(app);
        var agent = caller.Work.As(Actor.Agent("agent-1"));

        var refusal = await app.RefusesAsync<WorkManagerException>("transaction_not_allowed", () => operation switch
        {
            "checkout" => agent.CheckoutAsync(),
            "checkout of a type" => agent.CheckoutAsync<Echo>(),
            "checkout many" => agent.CheckoutManyAsync(2),
            "heartbeat" => agent.HeartbeatAsync(lease),
            "release" => agent.ReleaseAsync(lease),
            _ => caller.Work.ApproveAsync(lease.OrderId),
        });

        refusal.Message.Should().Contain($"'{operation.Split(' ')[0]}'");
        await caller.AddCustomerAsync("Ada");
        await caller.Transaction.CommitAsync();
        (await CustomersAsync(app)).Should().Equal("Ada");
    }

    [Fact]
    public async Task Reads_see_what_the_callers_transaction_holds()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await using var caller = await Caller.BeginAsync(app);
        var order = await caller.Work.ProposeAsync(new EchoPayload("mine"));

        (await caller.Work.GetAsync(order.Id)).Items.Should().HaveCount(1);
        (await caller.Work.ListAsync()).Items.Should().ContainSingle();
        var outside = () => app.Requester.GetAsync(order.Id);
        await outside.Should().ThrowAsync<WorkNotFoundException>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_joins_the_transaction_of_another_instance(bool ofTheFactory)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await using var elsewhere = app.NewScope();
        await using (var caller = await Caller.BeginAsync(app))
        {
            var work = ofTheFactory ? app.Requester : elsewhere.ServiceProvider.GetRequiredService<IWorkOrderManager>();
            await work.In(caller.Db).ProposeAsync(new EchoPayload("rolled back"));
            await caller.Transaction.RollbackAsync();
            (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(0);
        }

        await using (var caller = await Caller.BeginAsync(app))
        {
            await app.Requester.In(caller.Db).ProposeAsync(new EchoPayload("kept"));
            await caller.AddCustomerAsync("Ada");
            await caller.Transaction.CommitAsync();
        }

        (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(1);
    }

    [Fact]
    public async Task In_takes_a_context_with_a_connection_and_a_transaction_of_the_callers()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await using var connection = app.Database.CreateConnection();
        await connection.OpenAsync();
        await using var db = new ShopContext(app.Database.Options<ShopContext>(o => o.UseWorkManager()));
        db.Database.SetDbConnection(connection);
        await using var transaction = await db.Database.BeginTransactionAsync();

        var order = await app.Requester.In(db).ProposeAsync(new EchoPayload("joined"));
        await transaction.CommitAsync();

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task In_refuses_a_context_of_another_type()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await using var other = new WorkManagerDbContext(app.Database.Options<WorkManagerDbContext>());

        FluentActions.Invoking(() => app.Requester.In(other)).Should().ThrowExactly<ArgumentException>().WithMessage("*ShopContext*");
        FluentActions.Invoking(() => app.Requester.In(null!)).Should().ThrowExactly<ArgumentNullException>();
    }

    [Fact]
    public async Task A_context_without_a_transaction_is_left_as_dirty_as_it_was()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await using var scope = app.NewScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        db.Customers.Add(new Customer { Name = "pending" });

        await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().ProposeAsync(new EchoPayload("a"));

        (await CustomersAsync(app)).Should().BeEmpty();
        db.ChangeTracker.Entries().Should().ContainSingle().Which.State.Should().Be(EntityState.Added);
        (await app.ReadAsync(d => d.Set<WorkOrder>().CountAsync())).Should().Be(1);
    }

    [Theory]
    [InlineData("propose")]
    [InlineData("checkout")]
    [InlineData("heartbeat")]
    [InlineData("release")]
    [InlineData("submit")]
    [InlineData("approve")]
    [InlineData("reject")]
    [InlineData("cancel")]
    public async Task A_transaction_scope_is_refused_by_every_operation(string operation)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        var agent = app.Agent("agent-1");

        var refusal = await app.RefusesAsync<WorkManagerException>("transaction_not_allowed", async () =>
        {
            using var ambient = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await (operation switch
            {
                "propose" => app.ProposeEchoAsync(),
                "checkout" => agent.CheckoutAsync(),
                "heartbeat" => agent.HeartbeatAsync(lease),
                "release" => agent.ReleaseAsync(lease),
                "fail" => agent.FailAsync(lease, new WorkFailure("broken", "It is.")),
                "submit" => agent.SubmitAsync(lease, Steps.Verified),
                "approve" => app.Reviewer.ApproveAsync(lease.OrderId),
                "reject" => app.Reviewer.RejectAsync(lease.OrderId, No),
                _ => (Task)app.Requester.CancelAsync(lease.OrderId),
            });
            ambient.Complete();
        });

        refusal.Message.Should().Contain("TransactionScope");
    }

    private static Task JoinAsync(IWorkOrderManager work, string operation, WorkLease lease) => operation switch
    {
        "propose" => work.ProposeAsync(new EchoPayload("joined")),
        "submit" => work.As(Actor.Agent("agent-1")).SubmitAsync(lease, Steps.Verified),
        "reject" => work.RejectAsync(lease.OrderId, No),
        "hold" => work.HoldAsync(lease.OrderId),
        _ => work.CancelAsync(lease.OrderId),
    };

    private static Task<List<string>> CustomersAsync(ShopApp app) => app.ReadAsync(db => db.Customers.OrderBy(c => c.Id).Select(c => c.Name).ToListAsync());

    /// <summary>Host code with a transaction open on the context of its scope.</summary>
    private sealed class Caller(AsyncServiceScope scope, ShopContext db, IDbContextTransaction transaction) : IAsyncDisposable
    {
        public ShopContext Db => db;

        public IDbContextTransaction Transaction => transaction;

        public IWorkOrderManager Work { get; } = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.User("caller"));

        public static async Task<Caller> BeginAsync(ShopApp app)
        {
            var scope = app.NewScope();
            var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
            return new Caller(scope, db, await db.Database.BeginTransactionAsync());
        }

        public Task AddCustomerAsync(string name)
        {
            db.Customers.Add(new Customer { Name = name });
            return db.SaveChangesAsync();
        }

        public Task<List<int>> RevisionsAsync() => db.Set<WorkOrder>().OrderBy(o => o.Id).Select(o => o.Revision).ToListAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await scope.DisposeAsync();
        }
    }
}

public sealed class CallersTransactionOnSqlite(SqliteFixture databases) : CallersTransactionSpecification(databases), IOnSqlite;

public sealed class CallersTransactionOnPostgreSql(PostgreSqlFixture databases) : CallersTransactionSpecification(databases), IOnPostgreSql
{
    // SQLite's provider knows no such transactions.
    [Fact]
    public async Task A_transaction_that_the_context_has_enlisted_in_is_refused()
    {
        await using var app = await ShopApp.StartAsync(Databases);
        await using var scope = app.NewScope();
        using var transaction = new CommittableTransaction();
        await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        scope.ServiceProvider.GetRequiredService<ShopContext>().Database.EnlistTransaction(transaction);
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.User("caller"));

        await app.RefusesAsync<WorkManagerException>("transaction_not_allowed", () => work.ProposeAsync(new EchoPayload("enlisted")));
    }
}
