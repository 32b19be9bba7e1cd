using System.Data;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Providers.PostgreSql;
using WorkManager.Tests.Plans;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Providers;

/// <summary>What is asked of a PostgreSQL server.</summary>
public sealed class PostgreSqlServer(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_server_that_may_lose_commits_is_warned_about()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        using var sink = new LogSink();
        await using var app = ShopApp.On(
            database,
            b => b.Services.AddLogging(l => l.AddProvider(sink)),
            context: o => o.UseNpgsql(database.ConnectionString + ";Options=-c synchronous_commit=off"));

        await app.Maintenance.CheckSchemaAsync();

        sink.Entries.Single(e => e.Event == "CommitsNotDurable").Should().Match<(LogLevel Level, string?, string Text, Exception?)>(
            e => e.Level == LogLevel.Warning && e.Text.Contains("synchronous_commit = off"));
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "")]
    [InlineData(false, ";Multiplexing=true")]
    public async Task Statements_are_prepared_unless_the_host_says_no_or_its_connections_cannot(bool prepares, string connection)
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        // One connection: what it has prepared is what the next one to use it sees.
        var one = $"{database.ConnectionString};Maximum Pool Size=1{connection}";
        await using var app = ShopApp.On(
            database, options: o => o.PostgreSql.PrepareStatements = prepares || connection.Length > 0, context: o => o.UseNpgsql(one));

        await app.ProposeEchoAsync();
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Steps.Verified);

        var prepared = await app.ReadAsync(db => db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM pg_prepared_statements").SingleAsync());
        (prepared > 0).Should().Be(prepares);
    }

    [Fact]
    public async Task What_is_prepared_outlives_a_column_that_a_newer_version_adds()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var app = ShopApp.On(database, context: o => o.UseNpgsql($"{database.ConnectionString};Maximum Pool Size=1"));
        await app.SubmittedEchoAsync();

        await database.ExecuteAsync("ALTER TABLE work_items ADD COLUMN added integer; ALTER TABLE work_orders ADD COLUMN added integer");

        (await app.SubmittedEchoAsync()).State.Should().Be(OrderState.Submitted);
    }

    [Theory, InlineData("read committed", false), InlineData("repeatable read", true)]
    public async Task A_command_has_a_transaction_of_its_own_where_sessions_begin_them_at_another_level(string level, bool begins)
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await database.ExecuteAsync(
            $"""DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = %L', current_database(), '{level}'); END $do$""");
        // Sessions that there are know nothing of it.
        await using (var session = new Npgsql.NpgsqlConnection(database.ConnectionString))
        {
            Npgsql.NpgsqlConnection.ClearPool(session);
        }

        await using var app = ShopApp.On(database);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();
        using var sent = new SentCommands(database);

        await app.Agent("agent-1").HeartbeatAsync(lease);

        sent.Transactions.Should().Equal(begins ? [IsolationLevel.ReadCommitted] : []);
    }

    [Fact]
    public async Task A_lease_is_no_part_of_a_transaction_that_the_host_opened_on_its_connection_object()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var connection = await database.OpenConnectionAsync();
        await using var app = ShopApp.On(database, context: o => o.UseNpgsql(connection));
        await app.ProposeEchoAsync();
        await using (await connection.BeginTransactionAsync())
        {
            await FluentActions.Awaiting(() => app.Agent("agent").CheckoutAsync()).Should().ThrowAsync<InvalidOperationException>();
        }

        (await app.Agent("agent").CheckoutAsync())!.Token.Epoch.Should().Be(1);
    }

    [Fact]
    public async Task A_read_at_one_moment_begins_no_transaction_where_the_host_has_one_on_its_connection_object()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var connection = await database.OpenConnectionAsync();
        await using var app = ShopApp.On(database, context: o => o.UseNpgsql(connection));
        var order = await app.ProposeEchoAsync();

        await using (await connection.BeginTransactionAsync())
        {
            (await app.Requester.GetAsync(order.Id)).Items.Should().ContainSingle();
        }
    }

    [Theory]
    [InlineData(14, false, "PostgreSQL 14*15 or newer")]
    [InlineData(15, true, "Npgsql.EnableLegacyTimestampBehavior")]
    public void A_server_or_driver_that_would_damage_data_is_refused(int version, bool legacyTimestamps, string saying) =>
        FluentActions.Invoking(() => PostgreSqlDialect.EnsureSupported(version, legacyTimestamps))
            .Should().ThrowExactly<NotSupportedException>().WithMessage($"*{saying}*");

    [Fact]
    public void From_version_15_on_it_is_welcome() => PostgreSqlDialect.EnsureSupported(15, legacyTimestamps: false);

    [Fact]
    public async Task Leases_are_taken_back_behind_those_of_an_order_that_somebody_has_locked()
    {
        await using var app = await ShopApp.StartAsync(databases);
        // More than a batch, and first in line.
        var locked = await app.Requester.ProposeAsync(Batches.Payload(120));
        await app.Agent("agent-1").CheckoutManyAsync(120);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await app.Requester.ProposeAsync(Batches.Payload(30));
        await app.Agent("agent-2").CheckoutManyAsync(30);
        app.Time.Advance(TimeSpan.FromSeconds(121));

        await using (var other = await app.Database.OpenConnectionAsync())
        {
            await using var transaction = await other.BeginTransactionAsync();
            await using var command = other.CreateCommand();
            command.CommandText = $"UPDATE work_orders SET revision = revision WHERE id = '{locked.Id}'";
            await command.ExecuteNonQueryAsync();

            (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(30);
        }

        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(120);
    }
}
