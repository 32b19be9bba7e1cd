using Microsoft.EntityFrameworkCore;

namespace WorkManager.Tests.Persistence.HostModel;

/// <summary>A host's context reads our rows and writes none of them.</summary>
public abstract class HostWriteGuardSpecification(DatabaseFixture databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Writes => ["add", "update", "remove", "modify", "reach"];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_write_is_refused_and_the_context_goes_on(string write)
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var order = await AddOrderAsync(database);
        await using var context = database.Shop();
        await WriteAsync(context, order, write);

        var refused = await Assert.ThrowsAsync<GovernedWriteException>(() => context.SaveChangesAsync(Cancel));
        Assert.Throws<GovernedWriteException>(() => context.SaveChanges());

        Assert.Equal((WorkErrorCodes.GovernedWrite, nameof(WorkOrder)), (refused.Code, refused.Entity));
        await AssertGoesOnAsync(database, context);
    }

    [Fact]
    public async Task Every_entity_that_the_host_sees_is_guarded()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var order = await AddOrderAsync(database);
        var item = Rows.Item(order);
        var key = new WorkIdempotencyKey { Scope = "s", KeyHash = "k", RequestHash = "r" };
        object[] rows =
        [
            Rows.Order(), item, Rows.Part(item, "key"), Rows.Event(order), Rows.Provenance(order), Rows.Decision(order), key,
            new WorkItemDependency(), new WorkOrderDependency(), new WorkDuty(), new WorkPausedType(),
        ];
        Assert.Equal(WorkManager.Persistence.HostModel.ShippedModel.Entities.Count, rows.Length);

        foreach (var row in rows)
        {
            await using var context = database.Shop();
            context.Add(row);
            Assert.Equal(row.GetType().Name, (await Assert.ThrowsAsync<GovernedWriteException>(() => context.SaveChangesAsync(Cancel))).Entity);
        }
    }

    [Fact]
    public async Task Nothing_of_a_refused_save_is_written()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await using var context = database.Shop();
        context.AddRange(new Customer { Name = "Ada" }, Rows.Order());

        await Assert.ThrowsAsync<GovernedWriteException>(() => context.SaveChangesAsync(Cancel));

        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM customers"));
    }

    [Fact]
    public async Task An_order_that_was_only_read_is_no_write()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await AddOrderAsync(database);
        await using var context = database.Shop();
        var order = await context.Set<WorkOrder>().Include(o => o.Items).SingleAsync(Cancel);
        context.Add(new Invoice { Customer = new() { Name = "Ada" }, Order = order });

        Assert.Equal(2, await context.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task The_engine_writes()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var order = await AddOrderAsync(database);
        await using var engine = database.Engine();
        engine.Remove(order);

        await engine.SaveChangesAsync(Cancel);

        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM work_items"));
    }

    [Fact]
    public async Task The_shipped_context_in_the_hosts_hands_is_a_hosts_context()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await using var context = new WorkManagerDbContext(database.Options<WorkManagerDbContext>());
        context.Add(Rows.Order());

        await Assert.ThrowsAsync<GovernedWriteException>(() => context.SaveChangesAsync(Cancel));
    }

    private static async Task WriteAsync(ShopContext context, WorkOrder order, string write)
    {
        switch (write)
        {
            case "add":
                context.Add(Rows.Order());
                break;
            case "update":
                context.Update(order);
                break;
            case "remove":
                context.Remove(order);
                break;
            case "modify":
                // Its setters are internal, but the tracker's door is open.
                var tracked = await context.Set<WorkOrder>().SingleAsync(Cancel);
                context.Entry(tracked).Property(o => o.Priority).CurrentValue = 7;
                break;
            default:
                // With a graph: the order was not loaded by this context.
                context.Add(new Invoice { Customer = new() { Name = "Ada" }, Order = Rows.Order() });
                break;
        }
    }

    private static async Task AssertGoesOnAsync(TestDatabase database, ShopContext context)
    {
        context.ChangeTracker.Clear();
        context.Add(new Customer { Name = "Bob" });
        Assert.Equal(1, await context.SaveChangesAsync(Cancel));
        Assert.Equal(1L, await database.ScalarAsync("SELECT count(*) FROM work_orders WHERE priority = 0"));
    }

    private static async Task<WorkOrder> AddOrderAsync(TestDatabase database)
    {
        await using var engine = database.Engine();
        var order = Rows.Order();
        engine.AddRange(order, Rows.Item(order));
        await engine.SaveChangesAsync(Cancel);
        return order;
    }
}

public sealed class HostWriteGuardOnSqlite(SqliteFixture databases) : HostWriteGuardSpecification(databases), IOnSqlite;

public sealed class HostWriteGuardOnPostgreSql(PostgreSqlFixture databases) : HostWriteGuardSpecification(databases), IOnPostgreSql;
