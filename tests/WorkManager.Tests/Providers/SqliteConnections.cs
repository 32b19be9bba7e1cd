using System.Data.Common;
using AwesomeAssertions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Providers;

/// <summary>What is asked of a connection to SQLite.</summary>
public sealed class SqliteConnections(SqliteFixture databases) : IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task A_shared_cache_is_refused()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var app = ShopApp.On(database, context: o => o.UseSqlite(database.ConnectionString + ";Cache=Shared"));

        var propose = () => app.ProposeEchoAsync();

        (await propose.Should().ThrowExactlyAsync<InvalidOperationException>()).WithMessage("*Cache=Shared*Leave it out*");
    }

    [Fact]
    public async Task The_engine_opens_connections_without_the_functions_of_EF_Core()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        var begun = new Begun("SELECT count(*) FROM pragma_function_list WHERE name LIKE 'ef!_%' ESCAPE '!'");
        await using var app = ShopApp.On(database, context: o => o.AddInterceptors(begun));

        await app.ProposeEchoAsync();
        begun.Answers.Should().OnlyContain(count => count == 0).And.NotBeEmpty();

        await app.ReadAsync(db => db.Database.BeginTransactionAsync());
        begun.Answers.Last().Should().BePositive("the host's connections are its own");
    }

    /// <summary>The provider's own retries sleep for 150 ms each.</summary>
    [Fact]
    public async Task SQLite_itself_waits_for_writers_of_other_processes()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        var begun = new Begun("SELECT timeout FROM pragma_busy_timeout");
        await using var app = ShopApp.On(database, context: o => o.AddInterceptors(begun));

        await app.ProposeEchoAsync();

        begun.Answers.Should().OnlyContain(milliseconds => milliseconds == 5000).And.NotBeEmpty();
    }

    [Fact]
    public async Task A_connection_that_the_host_makes_for_its_contexts_is_the_engines_too()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        var maker = new Maker(database.ConnectionString);
        await using var app = ShopApp.On(database, context: o => o.AddInterceptors(maker));

        await app.ProposeEchoAsync();

        maker.Opened.Should().NotBeEmpty().And.OnlyContain(c => maker.Made.Contains(c));
    }

    [Fact]
    public async Task A_time_limit_of_the_host_holds_for_the_engine()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        var begun = new Begun("SELECT 1");
        await using var app = ShopApp.On(
            database, context: o => o.UseSqlite(database.ConnectionString, sqlite => sqlite.CommandTimeout(77)).AddInterceptors(begun));

        await app.ProposeEchoAsync();

        begun.TimeLimits.Should().OnlyContain(seconds => seconds == 77).And.NotBeEmpty();
    }

    /// <summary>Asks each connection that begins a transaction.</summary>
    private sealed class Begun(string question) : DbTransactionInterceptor
    {
        public List<long> Answers { get; } = [];

        public List<int> TimeLimits { get; } = [];

        public override ValueTask<DbTransaction> TransactionStartedAsync(
            DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own.
            command.CommandText = question;
#pragma warning restore CA2100
            command.Transaction = result;
            Answers.Add((long)command.ExecuteScalar()!);
            TimeLimits.Add(((SqliteConnection)connection).DefaultTimeout);
            return ValueTask.FromResult(result);
        }
    }

    /// <summary>Makes connections of its own.</summary>
    private sealed class Maker(string connectionString) : DbConnectionInterceptor
    {
        public List<DbConnection> Made { get; } = [];

        public List<DbConnection> Opened { get; } = [];

        public override InterceptionResult<DbConnection> ConnectionCreating(ConnectionCreatingEventData eventData, InterceptionResult<DbConnection> result)
        {
            Made.Add(new SqliteConnection(connectionString));
            return InterceptionResult<DbConnection>.SuppressWithResult(Made[^1]);
        }

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Opened.Add(connection);
            return Task.CompletedTask;
        }
    }
}
