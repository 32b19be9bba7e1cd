using System.Collections.Concurrent;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>The connections of a host come from the pool of a data source, which it may have given, or which the provider makes of its options.</summary>
public sealed class DataSources(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    // The options are built for each scope; the source is the application's.
    private static readonly ConcurrentDictionary<string, NpgsqlDataSource> Sources = new();

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_connection_decides_beside_a_data_source(bool open)
    {
        var token = TestContext.Current.CancellationToken;
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var other = await databases.CreateAsync(ShopApp.Migrated);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var app = ShopApp.On(database, context: o => o.UseNpgsql(source));
        await app.ProposeEchoAsync();
        await using var scope = app.NewScope();
        await using var connection = new NpgsqlConnection(other.ConnectionString);
        if (open)
        {
            await connection.OpenAsync(token);
        }

        scope.ServiceProvider.GetRequiredService<ShopContext>().Database.SetDbConnection(connection);
        await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().ProposeAsync(new EchoPayload("other"), cancellationToken: token);

        (await other.ScalarAsync("SELECT count(*) FROM work_orders")).Should().Be(1L);
        (await database.ScalarAsync("SELECT count(*) FROM work_orders")).Should().Be(1L);
    }

    public static TheoryData<string, Action<DbContextOptionsBuilder, string, Action>> Configurations => new()
    {
        { "a connection string", (o, text, count) => o.UseNpgsql(text) },
        { "a configured data source", (o, text, count) => o.UseNpgsql(text, n => n.ConfigureDataSource(_ => count())) },
        {
            "a data source that has its connection string by its configuration",
            (o, text, count) => o.UseNpgsql(n => n.ConfigureDataSource(source =>
            {
                count();
                source.ConnectionStringBuilder.ConnectionString = text;
            }))
        },
        { "a mapped enum", (o, text, count) => o.UseNpgsql(text, n => n.MapEnum<OrderState>("state_of_the_host").ConfigureDataSource(_ => count())) },
        { "a data source of the application", (o, text, count) => o.UseNpgsql(Made(text)) },
    };

    /// <summary>A second pool, or a call that holds one connection and waits for another one, would show here.</summary>
    [Theory, MemberData(nameof(Configurations), DisableDiscoveryEnumeration = true)]
    public async Task The_host_and_the_engine_share_one_pool(string name, Action<DbContextOptionsBuilder, string, Action> configure)
    {
        const int callers = 4;
        Assert.NotEmpty(name);
        var application = $"pool-{Guid.NewGuid():N}";
        var database = await databases.CreateAsync(ShopApp.Migrated);
        var text = new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = application, MaxPoolSize = 2, Timeout = 60 }.ToString();
        var configured = 0;
        await using var app = ShopApp.On(
            database, builder => EveryVerb.Configure(builder), context: o => configure(o, text, () => Interlocked.Increment(ref configured)));
        // The provider itself may build two sources, and dispose of one, if its first contexts are made at the same moment.
        await app.ProposeEchoAsync();
        using var end = new CancellationTokenSource();
        var connections = MostConnectionsAsync(database, application, end.Token);

        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            await using var scope = app.NewScope();
            await EveryVerb.RunAsync(scope.ServiceProvider, $"caller {caller}");
        })));
        await app.Maintenance.ReclaimExpiredAsync(TestContext.Current.CancellationToken);
        await end.CancelAsync();

        (await connections).Should().Be(2);
        configured.Should().BeLessThanOrEqualTo(1, "nobody builds a second data source");
        (await database.ScalarAsync("SELECT count(*) FROM work_orders")).Should().Be(1L + (callers * EveryVerb.Orders));
    }

    /// <summary>The most connections that the server saw of an application, until it is told to stop.</summary>
    private static async Task<long> MostConnectionsAsync(TestDatabase database, string application, CancellationToken end)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var count = connection.CreateCommand();
#pragma warning disable CA2100 // The name is ours.
        count.CommandText = $"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{application}'";
#pragma warning restore CA2100
        for (var most = 0L; ;)
        {
            // Once more after the end: connections stay in their pool.
            var isLast = end.IsCancellationRequested;
            most = Math.Max(most, (long)(await count.ExecuteScalarAsync(CancellationToken.None))!);
            if (isLast)
            {
                return most;
            }
        }
    }

    private static NpgsqlDataSource Made(string text) => Sources.GetOrAdd(text, NpgsqlDataSource.Create);
}
