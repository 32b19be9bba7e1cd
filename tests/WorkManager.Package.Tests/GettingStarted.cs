using System.Text.RegularExpressions;

namespace WorkManager.Package.Tests;

/// <summary>Somebody who follows getting-started.md.</summary>
public sealed class LibraryNewcomer(PackedPackage package) : Newcomer(package, "docs/start/getting-started.md");

/// <summary>PostgreSQL goes on where SQLite ended, as the page does.</summary>
[CollectionDefinition]
public sealed class OneNewcomer : ICollectionFixture<LibraryNewcomer>;

[Collection<OneNewcomer>]
public sealed class GettingStartedOnSqlite(LibraryNewcomer newcomer) : IOnSqlite
{
    [Fact]
    public void The_program_prints_what_the_page_prints()
    {
        Assert.Contains($"Include=\"WorkManager\" Version=\"{newcomer.Version}\"", newcomer.Read("Catalog/Catalog.csproj"), StringComparison.Ordinal);
        Assert.Equal(newcomer.PrintedOutput, newcomer.Output);
    }
}

[Collection<OneNewcomer>]
public sealed partial class GettingStartedOnPostgreSql(PostgreSqlFixture databases, LibraryNewcomer newcomer) : IOnPostgreSql
{
    [Fact]
    public async Task The_program_prints_what_the_page_prints()
    {
        await using var database = await databases.CreateAsync();

        await newcomer.MoveToAsync(database);

        Assert.Equal(newcomer.PrintedOutput, WarningOfTheTestCluster().Replace(await newcomer.RunAsync(), ""));
        Assert.Equal(1L, await database.ScalarAsync("""SELECT count(*) FROM "Products" WHERE "Description" IS NOT NULL"""));
    }

    // It is fast but not durable, which WorkManager says once.
    [GeneratedRegex(@"\Awarn: WorkManager\.Providers\.PostgreSql\.\S+\n +[^\n]*fsync[^\n]*\n")]
    private static partial Regex WarningOfTheTestCluster();
}
