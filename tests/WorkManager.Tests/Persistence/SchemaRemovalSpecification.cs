using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using WorkManager.Tests.Persistence.HostModel;

namespace WorkManager.Tests.Persistence;

/// <summary>A tool that goes back one migration too far must not cost the audit trail.</summary>
public abstract class SchemaRemovalSpecification(DatabaseFixture databases)
{
    private const string Refusal = "AllowSchemaRemoval";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_there_is_history_migrating_down_is_refused_and_keeps_every_row()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await AddHistoryAsync(database);
        await using var context = database.Shop();

        var refused = await Assert.ThrowsAnyAsync<DbException>(() => context.Database.MigrateAsync("0", Cancel));

        Assert.Contains(Refusal, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await database.ScalarAsync("SELECT count(*) FROM work_events"));
        Assert.Equal(1L, await database.ScalarAsync("SELECT count(*) FROM work_orders"));
    }

    [Fact]
    public async Task After_a_refusal_the_database_migrates_up_again()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await AddHistoryAsync(database);
        await using var context = database.Shop();

        await Assert.ThrowsAnyAsync<DbException>(() => context.Database.MigrateAsync("0", Cancel));
        await Assert.ThrowsAnyAsync<DbException>(() => context.Database.MigrateAsync("0", Cancel));

        // SQLite: no lock was left behind, or this would wait for ever.
        await context.Database.MigrateAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Empty(await context.Database.GetPendingMigrationsAsync(Cancel));
        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM customers"));
    }

    [Fact]
    public async Task A_host_that_allows_it_drops_tables_with_history()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await AddHistoryAsync(database);
        await using var context = new ShopContext(database.RareOptions<ShopContext>(o => o.UseWorkManager(s => s.AllowSchemaRemoval = true)));

        await context.Database.MigrateAsync("0", Cancel);

        Assert.Empty((await DatabaseSchema.ReadAsync(database)).Tables);
    }

    [Fact]
    public async Task A_script_that_goes_down_refuses_too()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await AddHistoryAsync(database);
        await using var context = database.Shop();
        // SQLite has no idempotent scripts.
        MigrationsSqlGenerationOptions[] kinds = database.Provider == Provider.Sqlite ? [default] : [default, MigrationsSqlGenerationOptions.Idempotent];
        var migrations = context.Database.GetMigrations().ToList();

        foreach (var kind in kinds)
        {
            var script = context.GetService<IMigrator>().GenerateScript(migrations[^2], "0", kind);
            var refused = await Assert.ThrowsAnyAsync<DbException>(() => database.ExecuteAsync(script));
            Assert.Contains(Refusal, refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1L, await database.ScalarAsync("SELECT count(*) FROM work_events"));
    }

    [Fact]
    public async Task In_a_schema_of_its_own_the_history_is_looked_for_there()
    {
        await using var database = await databases.CreateAsync();
        await using var context = new ShopContext(database.RareOptions<ShopContext>(o => o.UseWorkManager("wm")));
        await context.Database.MigrateWorkManagerAsync(Cancel);
        var events = database.Provider == Provider.PostgreSql ? "wm.work_events" : "work_events";
        var orders = database.Provider == Provider.PostgreSql ? "wm.work_orders" : "work_orders";
        await using (var engine = new WorkManagerDbContext(database.RareOptions<WorkManagerDbContext>(o => o.UseWorkManagerEngine("wm"))))
        {
            var order = Rows.Order();
            engine.AddRange(order, Rows.Event(order));
            await engine.SaveChangesAsync(Cancel);
        }

        Assert.Contains(
            Refusal, (await Assert.ThrowsAnyAsync<DbException>(() => context.Database.MigrateAsync("0", Cancel))).Message, StringComparison.Ordinal);

        await database.ExecuteAsync($"DELETE FROM {events}; DELETE FROM {orders}");
        await context.Database.MigrateAsync("0", Cancel);
    }

    private static async Task AddHistoryAsync(TestDatabase database)
    {
        await using var engine = database.Engine();
        var order = Rows.Order();
        engine.AddRange(order, Rows.Event(order));
        await engine.SaveChangesAsync(Cancel);
    }
}

public sealed class SchemaRemovalOnSqlite(SqliteFixture databases) : SchemaRemovalSpecification(databases), IOnSqlite;

public sealed class SchemaRemovalOnPostgreSql(PostgreSqlFixture databases) : SchemaRemovalSpecification(databases), IOnPostgreSql;
