using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>A host that is in the middle of something with its own context when it calls.</summary>
public abstract class BusyHostSpecification(DatabaseFixture databases)
{
    private static readonly Actor Agent = Actor.Agent("agent");

    [Fact]
    public async Task What_the_host_has_pending_stays_pending_through_an_orders_whole_life()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await using var scope = app.NewScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        var manager = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
        var expectDirty = await MakeDirtyAsync(app, db);

        var order = await manager.ProposeAsync(new EchoPayload("beside"));
        await expectDirty();
        var lease = (await manager.As(Agent).CheckoutAsync<Echo>())!;
        await expectDirty();
        await manager.As(Agent).HeartbeatAsync(lease);
        await expectDirty();
        await manager.As(Agent).SubmitAsync(lease, new EchoResult(true, true));
        await expectDirty();
        (await manager.As(Actor.User("bert")).ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        await expectDirty();

        (await app.LedgerAsync(order.Id)).Should().Equal("beside");
        (await db.SaveChangesAsync()).Should().Be(3, "the host saves when it wants to");
    }

    [Fact]
    public async Task What_the_host_has_pending_stays_pending_in_its_own_transaction_too()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await using var scope = app.NewScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        var expectDirty = await MakeDirtyAsync(app, db);

        Guid orderId;
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            orderId = (await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().ProposeAsync(new EchoPayload("joined"))).Id;
            await transaction.CommitAsync();
        }

        await expectDirty();
        (await app.OrderAsync(orderId)).State.Should().Be(OrderState.Queued);
        (await db.SaveChangesAsync()).Should().Be(3);
    }

    [Fact]
    public async Task A_reader_that_the_host_has_open_is_no_obstacle()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Database.ExecuteAsync("""INSERT INTO customers ("Id", "Name") VALUES (1, 'a'), (2, 'b'), (3, 'c')""");
        await using var scope = app.NewScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        var manager = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();

        var orders = new List<Guid>();
        await foreach (var customer in db.Customers.AsNoTracking().OrderBy(c => c.Id).AsAsyncEnumerable())
        {
            var order = await manager.ProposeAsync(new EchoPayload(customer.Name));
            var lease = (await manager.As(Agent).CheckoutAsync<Echo>())!;
            await manager.As(Agent).SubmitAsync(lease, new EchoResult(true, true));
            await manager.As(Actor.User("bert")).ApproveAsync(order.Id);
            orders.Add(order.Id);
        }

        (await app.ReadAsync(d => d.Ledger.OrderBy(l => l.Text).Select(l => l.Text).ToListAsync())).Should().Equal("a", "b", "c");
        orders.Should().HaveCount(3);
    }

    /// <summary>One row each added, changed and deleted, none of them saved; returns a check that it is still so.</summary>
    private static async Task<Func<Task>> MakeDirtyAsync(ShopApp app, ShopContext db)
    {
        db.Customers.AddRange(new Customer { Name = "changed" }, new Customer { Name = "deleted" });
        await db.SaveChangesAsync();
        var customers = await db.Customers.ToListAsync();
        customers.Single(c => c.Name == "changed").Name = "CHANGED";
        db.Customers.Remove(customers.Single(c => c.Name == "deleted"));
        db.Customers.Add(new Customer { Name = "added" });

        return async () =>
        {
            (await app.ReadAsync(other => other.Customers.Select(c => c.Name).OrderBy(n => n).ToListAsync())).Should().Equal("changed", "deleted");
            db.ChangeTracker.Entries().Should().HaveCount(3, "nothing of the engine's is in the host's tracker");
            db.ChangeTracker.Entries<Customer>().Select(e => e.State).Should().BeEquivalentTo([EntityState.Added, EntityState.Modified, EntityState.Deleted]);
        };
    }
}

public sealed class BusyHostOnSqlite(SqliteFixture databases) : BusyHostSpecification(databases), IOnSqlite;

public sealed class BusyHostOnPostgreSql(PostgreSqlFixture databases) : BusyHostSpecification(databases), IOnPostgreSql;
