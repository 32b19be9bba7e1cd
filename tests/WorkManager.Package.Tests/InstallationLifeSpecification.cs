using System.Data.Common;

namespace WorkManager.Package.Tests;

/// <summary>What becomes of an installation over the years: the host's migrations, ours of a later version, and what goes wrong in between.</summary>
public abstract class InstallationLifeSpecification(DatabaseFixture databases, PackedPackage package, InstalledHosts hosts)
{
    private bool OnSqlite => databases.Provider == Provider.Sqlite;

    [Fact]
    public async Task An_application_with_a_database_of_its_own_installs_the_package_later()
    {
        await using var database = await databases.CreateAsync();
        var host = await hosts.CreateAsync(database);
        host.Write("Before.cs", WithoutWorkManager);
        await host.BuildAsync();
        await host.AddMigrationAsync("First");
        await host.EfAsync("database", "update");
        await database.ExecuteAsync("INSERT INTO \"Customers\" (\"Name\") VALUES ('from before')");

        host.Delete("Before.cs");
        await host.BuildAsync();
        Assert.Matches($@"(?s){PackedPackage.Migration} \(Pending\).*_First\s", await host.EfAsync("migrations", "list"));
        await host.EfAsync("migrations", "has-pending-model-changes");
        await host.EfAsync("database", "update");
        await host.RunAsync();

        host.AddProperty("Email");
        await host.BuildAsync();
        await host.AddMigrationAsync("Second");
        Assert.DoesNotContain("work_", File.ReadAllText(Assert.Single(Directory.GetFiles(host.Migrations, "*_Second.cs"))), StringComparison.Ordinal);
        await host.EfAsync("database", "update");
        await host.RunAsync();
        Assert.Equal(1L, await database.ScalarAsync("SELECT count(*) FROM \"Customers\" WHERE \"Name\" = 'from before'"));
    }

    [Fact]
    public async Task A_later_package_brings_a_migration_after_the_host_has_applied_its_own()
    {
        await using var database = await databases.CreateAsync();
        var host = await InstallAsync(database, package.Version);
        await host.EfAsync("database", "update");
        await host.RunAsync();

        host.AddProperty("Email");
        await host.BuildAsync();
        await host.AddMigrationAsync("Second");
        await host.EfAsync("database", "update");
        await host.RunAsync();
        var history = await HistoryAsync(database);

        host.Use(await package.PackNextAsync());
        await host.BuildAsync();
        Assert.Matches($@"(?s){PackedPackage.Migration}\s.*{NextPackage.Migration} \(Pending\).*_First\s.*_Second\s", await host.EfAsync("migrations", "list"));
        await host.EfAsync("migrations", "has-pending-model-changes");
        var (exitCode, output) = await host.TryRunAsync();
        Assert.NotEqual(0, exitCode);
        Assert.Contains("work_orders.remark is missing", output, StringComparison.Ordinal);

        // A script from the host's own last migration has nothing of ours, which sort before it; one from the beginning has.
        Assert.DoesNotContain("remark", await host.EfAsync("migrations", "script", "Second"), StringComparison.Ordinal);
        Assert.Contains("remark", await host.EfAsync("migrations", "script"), StringComparison.Ordinal);
        if (OnSqlite)
        {
            await host.BundleAsync();
        }
        else
        {
            // EF Core makes none for SQLite.
            await host.EfAsync("migrations", "script", "--idempotent", "--output", "upgrade.sql");
            await database.ExecuteAsync(host.Read("upgrade.sql"));
        }

        Assert.Equal(history, await HistoryAsync(database));
        await host.RunAsync();

        // Down to the host's previous migration, and up again: ours are further down.
        await host.EfAsync("database", "update", "First");
        await host.EfAsync("database", "update");
        await host.RunAsync();

        // Back to the package before, on the newer database.
        host.Use(package.Version);
        await host.BuildAsync();
        await host.EfAsync("database", "update");
        await host.RunAsync();
    }

    [Fact]
    public async Task A_target_that_would_revert_the_hosts_migrations_is_not_found_and_nothing_is_reverted()
    {
        await using var database = await databases.CreateAsync();
        var host = await InstallAsync(database, await package.PackNextAsync());
        await host.EfAsync("database", "update");
        await host.RunAsync();

        foreach (var target in new[] { PackedPackage.Migration, "Frist" })
        {
            var (exitCode, output) = await host.TryEfAsync("database", "update", target);
            Assert.NotEqual(0, exitCode);
            Assert.Contains($"The migration '{target}' was not found", output, StringComparison.Ordinal);
            await RemoveLockAsync(database);

            await host.EfAsync("database", "update");
        }

        await host.RunAsync();
    }

    [Fact]
    public async Task Removing_migrations_with_force_and_once_more_costs_no_history()
    {
        await using var database = await databases.CreateAsync();
        var host = await InstallAsync(database, package.Version);

        // Without an order in the database the second time takes our empty tables, and the next update makes them anew.
        await host.EfAsync("database", "update");
        Assert.Contains("has already been applied", (await host.TryEfAsync("migrations", "remove")).Output, StringComparison.Ordinal);
        await host.EfAsync("migrations", "remove", "--force");
        await host.BuildAsync();
        await host.EfAsync("migrations", "remove", "--force");
        await host.BuildAsync();
        await host.AddMigrationAsync("Anew");
        Assert.DoesNotContain("work_", File.ReadAllText(Assert.Single(Directory.GetFiles(host.Migrations, "*_Anew.cs"))), StringComparison.Ordinal);
        await host.EfAsync("database", "update");
        await host.RunAsync();
        var history = await HistoryAsync(database);

        // With one, they stay.
        await host.EfAsync("migrations", "remove", "--force");
        await host.BuildAsync();
        var (exitCode, output) = await host.TryEfAsync("migrations", "remove", "--force");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("AllowSchemaRemoval", output, StringComparison.Ordinal);
        Assert.Equal(history, await HistoryAsync(database));

        await host.AddMigrationAsync("Again");
        await host.EfAsync("database", "update");
        await host.RunAsync();
    }

    [Fact]
    public async Task An_update_that_is_killed_is_finished_by_the_next()
    {
        await using var database = await databases.CreateAsync();
        var host = await hosts.CreateAsync(database);
        host.Write("Migrations/Slow.cs", SlowMigration(OnSqlite
            ? "CREATE TABLE slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000000) SELECT max(i) AS i FROM n"
            : "CREATE TABLE slow AS SELECT pg_sleep(5)"));
        await host.BuildAsync();

        await host.KillEfAsync(() => HasAppliedOursAsync(database), "database", "update");

        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" LIKE '%Slow'"));
        await RemoveLockAsync(database);

        host.Write("Migrations/Slow.cs", SlowMigration("CREATE TABLE slow (i INTEGER)"));
        await host.BuildAsync();
        await host.EfAsync("database", "update");
        await host.AddMigrationAsync("First");
        await host.EfAsync("database", "update");
        await host.RunAsync();
    }

    /// <summary>The application, built with a version of the package and with a first migration that is not applied yet.</summary>
    private async Task<InstalledHost> InstallAsync(TestDatabase database, string version)
    {
        var host = await hosts.CreateAsync(database);
        host.Use(version);
        await host.BuildAsync();
        await host.AddMigrationAsync("First");
        return host;
    }

    /// <summary>On SQLite EF Core leaves its lock behind, and the next update would wait for ever: the documented cure.</summary>
    private async Task RemoveLockAsync(TestDatabase database)
    {
        if (OnSqlite)
        {
            Assert.Equal(1L, await database.ScalarAsync("SELECT count(*) FROM \"__EFMigrationsLock\""));
            await database.ExecuteAsync("DELETE FROM \"__EFMigrationsLock\"");
        }
    }

    /// <summary>The tool sees the context as it was before the package was there.</summary>
    private const string WithoutWorkManager = """
        using Microsoft.EntityFrameworkCore;
        using Microsoft.EntityFrameworkCore.Design;

        namespace Shop;

        public sealed class Before : IDesignTimeDbContextFactory<ShopContext>
        {
            public ShopContext CreateDbContext(string[] args)
            {
                var options = new DbContextOptionsBuilder<ShopContext>();
                options.UseShopDatabase();
                return new ShopContext(options.Options);
            }
        }
        """;

    private static string SlowMigration(string sql) => $$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.EntityFrameworkCore.Infrastructure;
        using Microsoft.EntityFrameworkCore.Migrations;

        [DbContext(typeof(Shop.ShopContext)), Migration("20260101000000_Slow")]
        public sealed class Slow : Migration
        {
            protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("{{sql}}");
        }
        """;

    private static async Task<bool> HasAppliedOursAsync(TestDatabase database)
    {
        try
        {
            return await database.ScalarAsync("SELECT count(*) FROM \"__EFMigrationsHistory\"") is 1L;
        }
        catch (DbException)
        {
            // The tool has not come that far.
            return false;
        }
    }

    /// <summary>Every row that must not get lost.</summary>
    private static async Task<string> HistoryAsync(TestDatabase database) =>
        $"{await database.ScalarAsync("SELECT count(*) FROM work_orders")} orders, {await database.ScalarAsync("SELECT count(*) FROM work_events")} events, "
        + $"{await database.ScalarAsync("SELECT count(*) FROM work_decisions")} decisions";
}

public sealed class InstallationLifeOnSqlite(SqliteFixture databases, PackedPackage package, InstalledHosts hosts)
    : InstallationLifeSpecification(databases, package, hosts), IOnSqlite, IClassFixture<InstalledHosts>;

public sealed class InstallationLifeOnPostgreSql(PostgreSqlFixture databases, PackedPackage package, InstalledHosts hosts)
    : InstallationLifeSpecification(databases, package, hosts), IOnPostgreSql, IClassFixture<InstalledHosts>;
