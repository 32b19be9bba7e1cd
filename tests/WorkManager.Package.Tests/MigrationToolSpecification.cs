using System.Text.RegularExpressions;

namespace WorkManager.Package.Tests;

/// <summary>The real <c>dotnet ef</c> on a project that has nothing but the packed package.</summary>
public abstract partial class MigrationToolSpecification(DatabaseFixture databases, PackedPackage package)
{
    private const string Ours = "00000000000001_WorkManager_Initial";

    [Fact]
    public async Task The_tool_adds_lists_applies_scripts_and_reverts()
    {
        await using var database = await databases.CreateAsync();
        using var shop = new ShopProject(package, database);
        await Task.WhenAll(shop.RestoreToolsAsync(), shop.BuildAsync());

        await shop.EfAsync("migrations", "add", "First");
        AssertScaffoldedHostTablesOnly(shop);
        await shop.BuildAsync();

        await shop.EfAsync("migrations", "has-pending-model-changes");

        var pending = await shop.EfAsync("migrations", "list");
        Assert.Matches($"(?s){Ours} \\(Pending\\).*_First \\(Pending\\)", pending);

        await shop.EfAsync("migrations", "script", "-o", "all.sql");
        await AssertMakesAllAsync(shop.Read("all.sql"));

        await shop.EfAsync("database", "update");
        await AssertHasTablesAsync(database, ours: true, hosts: true);
        Assert.Equal(2L, await database.ScalarAsync("SELECT count(*) FROM \"__EFMigrationsHistory\""));

        await shop.EfAsync("database", "update", "0");
        await AssertHasTablesAsync(database, ours: false, hosts: false);

        await shop.EfAsync("database", "update");
        await AssertHasTablesAsync(database, ours: true, hosts: true);
    }

    private static void AssertScaffoldedHostTablesOnly(ShopProject shop)
    {
        var file = Assert.Single(Directory.GetFiles(shop.Migrations), f => f.EndsWith("_First.cs", StringComparison.Ordinal));
        var migration = File.ReadAllText(file);

        Assert.Contains($"namespace {ShopProject.RootNamespace}.Migrations", migration, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(shop.Migrations, "ShopContextModelSnapshot.cs")));
        Assert.Equal(["customers", "requests"], CreatedTable().Matches(migration).Select(m => m.Groups[1].Value).Order());
        Assert.Equal(["customers", "requests"], DroppedTable().Matches(migration).Select(m => m.Groups[1].Value).Order());
        Assert.Equal(["requests"], IndexedTable().Matches(migration).Select(m => m.Groups[1].Value).Distinct());

        // It refers to an order, and does not otherwise touch our tables.
        var mentions = migration.Split('\n').Where(line => line.Contains("work_", StringComparison.Ordinal)).Select(line => line.Trim());
        Assert.All(mentions, line => Assert.Matches("^(principalTable: \"work_orders\",|name: \"FK_requests_work_orders_OrderId\",)$", line));
        Assert.Contains("principalTable: \"work_orders\",", mentions);
    }

    private async Task AssertMakesAllAsync(string script)
    {
        await using var database = await databases.CreateAsync();
        await database.ExecuteAsync(script);
        await AssertHasTablesAsync(database, ours: true, hosts: true);
    }

    private static async Task AssertHasTablesAsync(TestDatabase database, bool ours, bool hosts)
    {
        foreach (var (table, there) in new[] { ("work_orders", ours), ("work_events", ours), ("customers", hosts), ("requests", hosts) })
        {
            var found = await database.ScalarAsync(database.Provider == Provider.Sqlite
                ? $"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'"
                : $"SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = '{table}'");
            Assert.Equal((table, there ? 1L : 0L), (table, found));
        }
    }

    [GeneratedRegex("""CreateTable\(\s*name: "(\w+)""")]
    private static partial Regex CreatedTable();

    [GeneratedRegex("""DropTable\(\s*name: "(\w+)""")]
    private static partial Regex DroppedTable();

    [GeneratedRegex("""CreateIndex\(\s*name: "\w+",\s*table: "(\w+)""")]
    private static partial Regex IndexedTable();
}

public sealed class MigrationToolOnSqlite(SqliteFixture databases, PackedPackage package) : MigrationToolSpecification(databases, package), IOnSqlite;

public sealed class MigrationToolOnPostgreSql(PostgreSqlFixture databases, PackedPackage package) : MigrationToolSpecification(databases, package), IOnPostgreSql;
