using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using WorkManager.Tests.Persistence.HostModel;
using WorkManager.Tests.Support;

namespace WorkManager.Tests.Persistence;

/// <summary><c>docs/reference/schema/*.sql</c>: for those who run SQL and no tool.</summary>
public abstract class SchemaScriptSpecification(DatabaseFixture databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Script => SchemaScripts.PathFor(databases.Provider);

    [Fact]
    public async Task It_is_what_the_migrations_send()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();

        GeneratedFile.AssertIs(Script, $"""
            -- The tables of WorkManager for {databases.Provider}, and the record in the migrations history that they are there: for an empty database.
            -- Generated from the migrations of the package; `dotnet ef database update` does the same.

            {context.GetService<IMigrator>().GenerateScript().ReplaceLineEndings("\n").Trim()}

            """);
    }

    [Fact]
    public async Task It_makes_the_schema_that_the_migrations_make()
    {
        await using var migrated = await databases.CreateAsync(Hosts.Migrated);
        await using var scripted = await databases.CreateAsync();

        await scripted.ExecuteAsync(RepositoryFiles.Read(Script));

        await SchemaScripts.AssertSameAsync(migrated, scripted);
    }

    [Fact]
    public async Task The_tool_goes_on_where_it_ended()
    {
        await using var database = await databases.CreateAsync();
        await database.ExecuteAsync(RepositoryFiles.Read(Script));
        await using var context = database.Shop();

        Assert.Empty(await context.Database.GetPendingMigrationsAsync(Cancel));
        await context.Database.MigrateAsync(Cancel);
    }
}

public sealed class SchemaScriptOnSqlite(SqliteFixture databases) : SchemaScriptSpecification(databases), IOnSqlite;

public sealed class SchemaScriptOnPostgreSql(PostgreSqlFixture databases) : SchemaScriptSpecification(databases), IOnPostgreSql;

/// <summary>The scripts as an administrator runs them.</summary>
public sealed class SchemaScriptInPsql(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task Psql_makes_the_schema_that_the_migrations_make()
    {
        await using var migrated = await databases.CreateAsync(Hosts.Migrated);
        await using var scripted = await databases.CreateAsync();

        await SchemaScripts.RunPsqlAsync(scripted, SchemaScripts.PathFor(Provider.PostgreSql));

        await SchemaScripts.AssertSameAsync(migrated, scripted);
    }
}

internal static class SchemaScripts
{
    public const string Grants = "docs/reference/schema/postgresql-grants.sql";
    public const string PruneGrants = "docs/reference/schema/postgresql-prune-grants.sql";

    public static string PathFor(Provider provider) => provider switch
    {
        Provider.Sqlite => "docs/reference/schema/sqlite.sql",
        _ => "docs/reference/schema/postgresql.sql",
    };

    public static async Task AssertSameAsync(TestDatabase migrated, TestDatabase scripted)
    {
        const string history = """SELECT "MigrationId" || ' ' || "ProductVersion" FROM "__EFMigrationsHistory" """;
        var expected = (await DatabaseSchema.ReadAsync(migrated)).Tables.SelectMany(t => t.Describe()).ToList();

        Assert.NotEmpty(expected);
        Assert.Equal(expected, (await DatabaseSchema.ReadAsync(scripted)).Tables.SelectMany(t => t.Describe()));
        Assert.Equal(await migrated.ScalarAsync(history), await scripted.ScalarAsync(history));
    }

    public static async Task RunPsqlAsync(TestDatabase database, string script)
    {
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString);
        using var psql = Process.Start(new ProcessStartInfo(
            PostgreSqlServer.PathOf("psql"),
            ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", $"--host={connection.Host}", $"--port={connection.Port}", $"--username={connection.Username}",
                $"--dbname={connection.Database}", $"--file={Path.Combine(RepositoryFiles.Root, script)}"]) { RedirectStandardError = true })!;
        var errors = await psql.StandardError.ReadToEndAsync();
        await psql.WaitForExitAsync();
        Assert.True(psql.ExitCode == 0, errors);
    }
}
