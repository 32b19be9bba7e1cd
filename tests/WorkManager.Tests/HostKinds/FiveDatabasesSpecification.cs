using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>One application, five databases, many callers at once: every row is where its call was.</summary>
/// <remarks><c>WORKMANAGER_DATABASES_SECONDS</c> says how long they call; a build is content with two seconds.</remarks>
public abstract class FiveDatabasesSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const int Callers = 8;
    private const int PoolSize = 2;

    private static readonly string[] Tables =
        ["work_orders", "work_items", "work_events", "work_decisions", "work_provenances", "ledger", "customers"];

    private readonly string application = $"five-{Guid.NewGuid():N}";

    private static TimeSpan Duration { get; } = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("WORKMANAGER_DATABASES_SECONDS") ?? "2", CultureInfo.InvariantCulture));

    [Fact]
    public async Task Every_row_is_in_the_database_of_its_call()
    {
        var all = new List<TestDatabase>();
        for (var i = 0; i < 6; i++)
        {
            all.Add(await databases.CreateAsync(ShopApp.Migrated));
        }

        // The options name one database more, where nothing may arrive.
        var (unused, five) = (all[^1], all[..^1]);
        await using var services = Build(TextOf(unused));
        var runs = new int[five.Count];
        using var end = new CancellationTokenSource();
        var connections = MostConnectionsAsync(end.Token);
        var time = TimeProvider.System;
        var start = time.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var run = 0; run == 0 || time.GetElapsedTime(start) < Duration; run++)
            {
                var database = (caller + run) % five.Count;
                await CallAsync(services, TextOf(five[database]), byOptions: (caller + run) % 2 == 0, $"database {database}");
                Interlocked.Increment(ref runs[database]);
            }
        })));
        await end.CancelAsync();
        var most = await connections;

        var rows = 0L;
        for (var i = 0; i < five.Count; i++)
        {
            rows += await AssertHasItsOwnAsync(five[i], $"database {i}", runs[i]);
        }

        foreach (var table in Tables)
        {
            (await CountAsync(unused, table)).Should().Be(0, table);
        }

        most.Should().BeLessThanOrEqualTo(PoolSize);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Callers} callers, {time.GetElapsedTime(start).TotalSeconds:F0} s: ")
            + $"{runs.Sum()} runs of every verb ({string.Join(", ", runs)}), {runs.Sum() * EveryVerb.Orders} orders, {rows} rows, each in its database; "
            + (databases.Provider == Provider.Sqlite ? "no pool to measure" : $"at most {most} connections to a database"));
        foreach (var database in all)
        {
            await database.DisposeAsync();
        }
    }

    private ServiceProvider Build(string unused)
    {
        var services = new ServiceCollection();
        services.AddScoped(_ => new Chosen { ConnectionString = unused });
        services.AddDbContext<ShopContext>((scope, options) =>
        {
            var text = scope.GetRequiredService<Chosen>().ConnectionString;
            _ = databases.Provider == Provider.Sqlite ? options.UseSqlite(text) : options.UseNpgsql(text);
            options.AmongManyKinds();
        });
        EveryVerb.Configure(services.AddWorkManager().UseDbContext<ShopContext>())
            .CarryScope<Chosen>((caller, fresh) => fresh.ConnectionString = caller.ConnectionString);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static async Task CallAsync(ServiceProvider services, string connectionString, bool byOptions, string text)
    {
        await using var scope = services.CreateAsyncScope();
        var chosen = scope.ServiceProvider.GetRequiredService<Chosen>();
        if (byOptions)
        {
            chosen.ConnectionString = connectionString;
        }
        else
        {
            // Its options are those of the unused database. What is chosen after it was made is only for the new scopes of applies.
            scope.ServiceProvider.GetRequiredService<ShopContext>().Database.SetConnectionString(connectionString);
            chosen.ConnectionString = connectionString;
        }

        await EveryVerb.RunAsync(scope.ServiceProvider, text);
    }

    private static async Task<long> AssertHasItsOwnAsync(TestDatabase database, string text, int runs)
    {
        (await CountAsync(database, "work_orders")).Should().Be(runs * EveryVerb.Orders);
        (await CountAsync(database, $"work_orders WHERE {TextIn(database, "payload")} LIKE '%{text}%'")).Should().Be(runs * EveryVerb.Orders);
        (await CountAsync(database, "ledger")).Should().Be(runs * EveryVerb.Applied);
        (await CountAsync(database, $"ledger WHERE \"Text\" LIKE '%{text}%'")).Should().Be(runs * EveryVerb.Applied);
        (await CountAsync(database, $"customers WHERE \"Name\" = '{text}'")).Should().Be(runs);
        (await CountAsync(database, "customers WHERE \"WorkOrderId\" NOT IN (SELECT id FROM work_orders)")).Should().Be(0);
        (await CountAsync(database, "ledger WHERE \"OrderId\" NOT IN (SELECT id FROM work_orders WHERE state = 'completed')")).Should().Be(0);
        // An apply has written the decision, the events and the row of the host together.
        (await CountAsync(database, "work_orders WHERE state = 'completed'")).Should().Be(runs * EveryVerb.Applied);
        (await CountAsync(database, "work_events WHERE event = 'applied'")).Should().Be(runs * EveryVerb.Applied);
        (await CountAsync(database, "work_decisions WHERE decision = 'approve'")).Should().Be(runs * EveryVerb.Applied);
        (await CountAsync(database, "work_orders WHERE id NOT IN (SELECT order_id FROM work_events WHERE event = 'proposed')")).Should().Be(0);

        var rows = 0L;
        foreach (var table in Tables)
        {
            rows += await CountAsync(database, table);
        }

        return rows;
    }

    /// <summary>The most connections that the server saw at once from this test to one database, until it is told to stop.</summary>
    private async Task<long> MostConnectionsAsync(CancellationToken end)
    {
        if (databases.Provider == Provider.Sqlite)
        {
            return 0;
        }

        await using var database = await databases.CreateAsync();
        for (var most = 0L; ;)
        {
            // Once more after the end: connections stay in their pools.
            var isLast = end.IsCancellationRequested;
            var now = await database.ScalarAsync(
                $"SELECT max(n) FROM (SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = '{application}' GROUP BY datname) AS c");
            most = Math.Max(most, now is long connections ? connections : 0);
            if (isLast)
            {
                return most;
            }
        }
    }

    private string TextOf(TestDatabase database) => database.Provider == Provider.Sqlite
        ? database.ConnectionString
        : new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = application, MaxPoolSize = PoolSize, Timeout = 60 }.ToString();

    private static string TextIn(TestDatabase database, string column) => database.Provider == Provider.Sqlite ? column : $"{column}::text";

    private static async Task<long> CountAsync(TestDatabase database, string rows) =>
        Convert.ToInt64(await database.ScalarAsync($"SELECT count(*) FROM {rows}"), CultureInfo.InvariantCulture);

    /// <summary>What chooses the database of a scope.</summary>
    private sealed class Chosen
    {
        public required string ConnectionString { get; set; }
    }
}

public sealed class FiveDatabasesOnSqlite(SqliteFixture databases, ITestOutputHelper output) : FiveDatabasesSpecification(databases, output), IOnSqlite;

public sealed class FiveDatabasesOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output)
    : FiveDatabasesSpecification(databases, output), IOnPostgreSql;
