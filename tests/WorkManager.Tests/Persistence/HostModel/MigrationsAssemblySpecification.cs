using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using WorkManager.Persistence.Migrations;

namespace WorkManager.Tests.Persistence.HostModel;

/// <summary>The shipped migrations among the host's.</summary>
public abstract class MigrationsAssemblySpecification(DatabaseFixture databases)
{
    private static readonly string[] Shipped =
    [
        .. typeof(WorkManagerMigration).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(WorkManagerMigration)))
            .Select(t => t.GetCustomAttribute<MigrationAttribute>()!.Id).Order(),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ours_come_first()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();

        Assert.Equal([.. Shipped, First.Id], context.GetService<IMigrationsAssembly>().Migrations.Keys);
        Assert.Equal([.. Shipped, First.Id], context.Database.GetMigrations());
        Assert.Equal([.. Shipped, First.Id], await context.Database.GetPendingMigrationsAsync(Cancel));
    }

    [Fact]
    public async Task All_are_applied_in_this_order_and_once()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();

        await context.Database.MigrateAsync(Cancel);
        await context.Database.MigrateAsync(Cancel);

        Assert.Equal([.. Shipped, First.Id], await context.Database.GetAppliedMigrationsAsync(Cancel));
    }

    [Fact]
    public async Task Assembly_and_snapshot_stay_the_hosts()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();
        var migrations = context.GetService<IMigrationsAssembly>();

        Assert.Same(typeof(ShopContext).Assembly, migrations.Assembly);
        Assert.Null(migrations.ModelSnapshot);
    }

    [Fact]
    public async Task A_migration_is_found_by_name_and_by_id()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();
        var migrations = context.GetService<IMigrationsAssembly>();

        Assert.Equal(First.Id, migrations.FindMigrationId("First"));
        Assert.Equal(First.Id, migrations.FindMigrationId(First.Id));
        // A host's first `migrations remove` goes back to the last one of ours.
        Assert.Equal(Shipped[^1], migrations.FindMigrationId(Shipped[^1]));
        Assert.Null(migrations.FindMigrationId("Second"));
    }

    [Fact]
    public async Task Ours_say_that_they_live_where_the_hosts_first_one_is_to_go()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();

        Assert.Equal("WorkManager.Tests.Migrations", context.GetService<IMigrationsAssembly>().Migrations[Shipped[^1]].Namespace);
    }

    [Fact]
    public async Task Each_is_created_for_the_provider_and_has_a_target_model()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();
        var migrations = context.GetService<IMigrationsAssembly>();

        Assert.All(migrations.Migrations, m =>
            Assert.Equal(context.Database.ProviderName, migrations.CreateMigration(m.Value, context.Database.ProviderName!).ActiveProvider));
        Assert.All(Shipped, id =>
            Assert.NotEmpty(migrations.CreateMigration(migrations.Migrations[id], context.Database.ProviderName!).TargetModel.GetEntityTypes()));
    }

    [Fact]
    public async Task Going_back_to_ours_keeps_our_tables_and_drops_the_hosts()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await using var context = database.Shop();

        await context.Database.MigrateAsync(Shipped[^1], Cancel);

        Assert.Equal(Shipped, await context.Database.GetAppliedMigrationsAsync(Cancel));
        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM work_orders"));
        await Assert.ThrowsAnyAsync<Exception>(() => database.ScalarAsync("SELECT count(*) FROM customers"));
    }

    [Fact]
    public async Task The_script_of_a_new_database_makes_ours_before_the_hosts()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();

        var script = context.GetService<IMigrator>().GenerateScript();

        Assert.Contains("work_orders", script, StringComparison.Ordinal);
        Assert.True(script.IndexOf(Shipped[0], StringComparison.Ordinal) < script.IndexOf(First.Id, StringComparison.Ordinal));
        await database.ExecuteAsync(script);
        Assert.Empty(await context.Database.GetPendingMigrationsAsync(Cancel));
    }

    [Fact]
    public async Task After_the_hosts_first_migration_was_removed_the_next_one_makes_its_tables_only()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();
        var migrations = context.GetService<IMigrationsAssembly>();
        var last = migrations.CreateMigration(migrations.Migrations[Shipped[^1]], context.Database.ProviderName!);

        // `migrations remove` takes the target model of the migration before for the host's snapshot: ours.
        var snapshot = context.GetService<IModelRuntimeInitializer>().Initialize(
            ((IMutableModel)last.TargetModel).FinalizeModel(), designTime: true, validationLogger: null);
        var model = context.GetService<IDesignTimeModel>().Model;
        var differ = context.GetService<IMigrationsModelDiffer>();
        var up = differ.GetDifferences(snapshot.GetRelationalModel(), model.GetRelationalModel());
        var down = differ.GetDifferences(model.GetRelationalModel(), snapshot.GetRelationalModel());

        Assert.Equal(["customers", "invoices"], up.OfType<ITableMigrationOperation>().Select(o => o.Table).Distinct().Order());
        Assert.Equal(["customers", "invoices"], down.OfType<ITableMigrationOperation>().Select(o => o.Table).Distinct().Order());
    }

    [Fact]
    public async Task Without_UseWorkManager_there_are_none_of_ours()
    {
        await using var database = await databases.CreateAsync();
        await using var context = new ShopContext(database.Options<ShopContext>());

        Assert.Equal([First.Id], context.Database.GetMigrations());
    }
}

public sealed class MigrationsAssemblyOnSqlite(SqliteFixture databases) : MigrationsAssemblySpecification(databases), IOnSqlite;

public sealed class MigrationsAssemblyOnPostgreSql(PostgreSqlFixture databases) : MigrationsAssemblySpecification(databases), IOnPostgreSql;
