using System.Text.RegularExpressions;

namespace WorkManager.Package.Tests;

/// <summary>The real tool, and a real order, in every kind of host.</summary>
public abstract partial class HostSpecification(DatabaseFixture databases, BuiltHosts hosts, HostMatrix matrix)
{
    public static TheoryData<string> Kinds => [.. HostKinds.All.Select(k => k.Name)];

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_tool_migrates_and_an_order_is_applied(string kind)
    {
        var host = HostKinds.All.Single(k => k.Name == kind);
        await using var database = await databases.CreateAsync();
        var commandLine = hosts.CommandLine(database);

        hosts.EnsurePrepared(host);
        AssertMigrationsAreTheHosts(host);
        Passed(host, "add");

        using var ef = hosts.Ef(host, commandLine);
        foreach (var context in host.AddsMigrations ? host.Contexts : [])
        {
            Check(host, "pending", await ef.TryAsync(["migrations", "has-pending-model-changes", .. context.Arguments]));
        }

        var first = host.Contexts[0].Arguments;
        AssertLists(host, Check(host, "list", await ef.TryAsync(["migrations", "list", .. first])));

        var script = $"{host.Name}.sql";
        Check(host, "script", await ef.TryAsync(["migrations", "script", "--output", script, .. first]));
        await AssertMakesTheTablesAsync(host, File.ReadAllText(hosts.PathOf(script)));

        foreach (var context in host.Contexts)
        {
            Check(host, "update", await ef.TryAsync(["database", "update", .. context.Arguments]));
        }

        Check(host, "order", await ef.TryApplicationAsync(hosts.PathOf(host.Program)));

        var down = await ef.TryAsync(["database", "update", "0", .. first]);
        if (host.Limits.ContainsKey("down"))
        {
            Check(host, "down", down);
        }
        else
        {
            await AssertKeptHistoryAsync(host, database, down);
            Passed(host, "down");
        }
    }

    /// <summary>The migration that the tool added makes the host's tables, in the host's namespace.</summary>
    private void AssertMigrationsAreTheHosts(HostKind host)
    {
        foreach (var context in host.AddsMigrations ? host.Contexts : [])
        {
            var migration = hosts.ReadMigration(host, context);
            var ours = CreatedTable().Matches(migration).Count(m => m.Groups[1].Value.StartsWith("work_", StringComparison.Ordinal));

            Assert.Equal(host.OwnsOurTables ? 11 : 0, ours);
            if (!host.OwnsOurTables)
            {
                // It may refer to an order, and does not otherwise touch our tables.
                var mentions = migration.Split('\n').Where(l => l.Contains("work_", StringComparison.Ordinal)).Select(l => l.Trim());
                Assert.All(
                    mentions, line => Assert.Matches("^(principalTable: \"work_orders\",|name: \"FK_\\w+_work_orders_\\w+\",|principalSchema: .*)$", line));
            }

            Assert.Matches($@"namespace {Regex.Escape(host.RootNamespace)}\.{context.Migrations}\b", migration);
        }
    }

    private static void AssertLists(HostKind host, string output)
    {
        Assert.Equal(host.Ships, output.Contains($"{PackedPackage.Migration} (Pending)", StringComparison.Ordinal));
        Assert.Equal(host.AddsMigrations, output.Contains("_First (Pending)", StringComparison.Ordinal));
        Assert.True(
            !host.Ships || !host.AddsMigrations
            || output.IndexOf(PackedPackage.Migration, StringComparison.Ordinal) < output.IndexOf("_First", StringComparison.Ordinal));
    }

    private async Task AssertMakesTheTablesAsync(HostKind host, string script)
    {
        await using var database = await databases.CreateAsync();
        await database.ExecuteAsync(script);

        var tables = await database.ScalarAsync(databases.Provider == Provider.Sqlite
            ? @"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'work\_%' ESCAPE '\'"
            : $"SELECT count(*) FROM pg_tables WHERE schemaname = '{host.Schema}' AND tablename LIKE 'work\\_%'");
        Assert.Equal(host.Ships || host.OwnsOurTables ? 11L : 0L, tables);
    }

    private async Task AssertKeptHistoryAsync(HostKind host, TestDatabase database, (int ExitCode, string Output) refused)
    {
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("AllowSchemaRemoval", refused.Output, StringComparison.Ordinal);
        var events = databases.Provider == Provider.Sqlite ? "work_events" : $"\"{host.Schema}\".work_events";
        Assert.NotEqual(0L, await database.ScalarAsync($"SELECT count(*) FROM {events}"));
    }

    /// <summary>The command succeeded, or showed the limit that is known of it.</summary>
    private string Check(HostKind host, string command, (int ExitCode, string Output) result)
    {
        if (host.Limits.TryGetValue(command, out var limit))
        {
            Assert.Contains(limit.Shows, result.Output, StringComparison.Ordinal);
        }
        else
        {
            Assert.True(result.ExitCode == 0, $"{command} ended with {result.ExitCode}:\n{result.Output}");
        }

        Passed(host, command);
        return result.Output;
    }

    private void Passed(HostKind host, string command) => matrix.Add(databases.Provider, host, command);

    [GeneratedRegex("""CreateTable\(\s*name: "(\w+)""")]
    private static partial Regex CreatedTable();
}

public sealed class HostsOnSqliteTests(SqliteFixture databases, HostsOnSqlite hosts, HostMatrix matrix)
    : HostSpecification(databases, hosts, matrix), IOnSqlite, IClassFixture<HostsOnSqlite>;

public sealed class HostsOnPostgreSqlTests(PostgreSqlFixture databases, HostsOnPostgreSql hosts, HostMatrix matrix)
    : HostSpecification(databases, hosts, matrix), IOnPostgreSql, IClassFixture<HostsOnPostgreSql>;
