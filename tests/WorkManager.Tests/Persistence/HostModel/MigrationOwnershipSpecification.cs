using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Tests.Persistence.HostModel;

/// <summary>Who makes the tables: the shipped migrations, the host's own, or another context.</summary>
public abstract class MigrationOwnershipSpecification(DatabaseFixture databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_owns_the_tables_makes_the_same_ones_as_the_shipped_migrations()
    {
        await using var shipped = await databases.CreateAsync(Hosts.Migrated);
        await using var owned = await databases.CreateAsync();
        await using (var context = Shop(owned, MigrationOwnership.Host))
        {
            await context.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(Cancel);
        }

        Assert.Equal(await DescribeAsync(shipped), await DescribeAsync(owned));
    }

    [Fact]
    public async Task A_host_that_owns_the_tables_scaffolds_them_and_gets_no_migration_of_ours()
    {
        await using var database = await databases.CreateAsync();
        await using var context = Shop(database, MigrationOwnership.Host);

        Assert.Equal([First.Id], context.Database.GetMigrations());
        Assert.Superset(ShippedModel.Entities.Select(e => context.Model.FindEntityType(e)!.GetTableName()).ToHashSet(), ScaffoldedTables(context));
    }

    [Fact]
    public async Task The_history_table_of_a_host_that_owns_the_tables_is_made_without_them()
    {
        await using var database = await databases.CreateAsync();
        await using var context = Shop(database, MigrationOwnership.Host);

        await context.GetService<IHistoryRepository>().CreateIfNotExistsAsync(Cancel);

        Assert.Empty((await DatabaseSchema.ReadAsync(database)).Tables);
    }

    [Fact]
    public async Task A_context_that_only_reads_makes_nothing_of_ours()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await using var context = Shop(database, MigrationOwnership.None);

        Assert.Equal([First.Id], context.Database.GetMigrations());
        Assert.Equal(["customers", "invoices"], ScaffoldedTables(context));
        Assert.Empty(await context.Set<WorkOrder>().Include(o => o.Items).ToListAsync(Cancel));
    }

    [Fact]
    public async Task The_model_follows_the_owner_although_contexts_share_what_EF_Core_caches()
    {
        await using var database = await databases.CreateAsync();
        await using var package = database.Shop();
        await using var host = Shop(database, MigrationOwnership.Host);

        Assert.DoesNotContain("work_orders", ScaffoldedTables(package));
        Assert.Contains("work_orders", ScaffoldedTables(host));
    }

    [Fact]
    public async Task What_one_call_says_another_leaves_alone()
    {
        await using var database = await databases.CreateAsync();
        await using var context = new ShopContext(database.RareOptions<ShopContext>(o => o
            .UseWorkManager(s => s.Migrations = MigrationOwnership.Host)
            .UseWorkManager("wm")));

        var order = context.GetService<IDesignTimeModel>().Model.FindEntityType(typeof(WorkOrder))!;

        Assert.Equal((false, "wm"), (order.IsTableExcludedFromMigrations(), order.GetSchema()));
    }

    private static ShopContext Shop(TestDatabase database, MigrationOwnership ownership) =>
        new(database.RareOptions<ShopContext>(o => o.UseWorkManager(s => s.Migrations = ownership)));

    private static HashSet<string?> ScaffoldedTables(DbContext context) =>
    [
        .. context.GetService<IMigrationsModelDiffer>()
            .GetDifferences(null, context.GetService<IDesignTimeModel>().Model.GetRelationalModel()).OfType<CreateTableOperation>().Select(t => t.Name).Order(),
    ];

    private static async Task<List<string>> DescribeAsync(TestDatabase database) =>
        [.. (await DatabaseSchema.ReadAsync(database)).Tables.SelectMany(t => t.Describe()).Order(StringComparer.Ordinal)];
}

public sealed class MigrationOwnershipOnSqlite(SqliteFixture databases) : MigrationOwnershipSpecification(databases), IOnSqlite;

public sealed class MigrationOwnershipOnPostgreSql(PostgreSqlFixture databases) : MigrationOwnershipSpecification(databases), IOnPostgreSql;
