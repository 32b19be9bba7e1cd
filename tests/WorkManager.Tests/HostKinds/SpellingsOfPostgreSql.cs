using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>The tables are in one place, however the connection string leads there; and in two, if only a session's search path differs.</summary>
public sealed class SpellingsOfPostgreSql(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    public static TheoryData<string, Func<NpgsqlConnectionStringBuilder, string>> Spellings => new()
    {
        { "another order", c => $"Database={c.Database};Username={c.Username};Port={c.Port};Host={c.Host}" },
        { "other words", c => $"server={c.Host};port={c.Port};user id={c.Username};DB={c.Database}" },
        { "another name of the host", c => $"Host=localhost;Port={c.Port};Username={c.Username};Database={c.Database}" },
        { "a list of hosts", c => $"Host={c.Host}:{c.Port},{c.Host}:1;Username={c.Username};Database={c.Database}" },
        { "another list of hosts", c => $"Host={c.Host}:1,{c.Host}:{c.Port};Username={c.Username};Database={c.Database}" },
        { "a search path that leads there", c => $"Search Path=nowhere,public;{c}" },
        { "options of the session", c => $"Options=-c search_path=public -c work_mem=8MB;{c}" },
        { "a password", c => $"Password=none;{c}" },
    };

    [Theory, MemberData(nameof(Spellings), DisableDiscoveryEnumeration = true)]
    public async Task Both_are_one_database(string name, Func<NpgsqlConnectionStringBuilder, string> spell)
    {
        Assert.NotEmpty(name);
        foreach (var (callerSpells, open) in ((bool, bool)[])[(true, false), (false, true)])
        {
            await using var database = await databases.CreateAsync(ShopApp.Migrated);
            var (one, other) = (spell(new NpgsqlConnectionStringBuilder(database.ConnectionString)), database.ConnectionString);
            await using var app = new Spelling(o => o.UseNpgsql(callerSpells ? one : other), o => o.UseNpgsql(callerSpells ? other : one));

            await app.AssertIsOnePlaceAsync(database, open);
        }
    }

    [Fact]
    public async Task Two_users_are_on_one_database()
    {
        var user = $"user_{Guid.NewGuid():N}";
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        // A schema of one user's own stands before the one with the tables.
        await database.ExecuteAsync($"CREATE ROLE {user} SUPERUSER LOGIN; CREATE SCHEMA {user} AUTHORIZATION {user}");
        var text = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = user }.ToString();
        await using (var app = new Spelling(o => o.UseNpgsql(text), o => o.UseNpgsql(database.ConnectionString)))
        {
            await app.AssertIsOnePlaceAsync(database);
        }

        await database.ExecuteAsync($"DROP OWNED BY {user}; DROP ROLE {user}");
    }

    [Theory]
    [InlineData("Search Path=other", false)]
    [InlineData("Search Path=other", true)]
    [InlineData("Search Path=other,public", false)]
    [InlineData("Options=-c search_path=other", false)]
    public async Task Another_search_path_is_another_place(string option, bool freshHasIt)
    {
        await using var database = await WithTwoSchemasAsync();
        var other = $"{option};{database.ConnectionString}";
        await using var app = freshHasIt
            ? new Spelling(o => o.UseNpgsql(database.ConnectionString), o => o.UseNpgsql(other))
            : new Spelling(o => o.UseNpgsql(other), o => o.UseNpgsql(database.ConnectionString));

        await app.AssertAreTwoAsync();

        await AssertNothingAppliedAsync(database);
    }

    /// <summary>The tables of the host count, too: an apply writes them.</summary>
    [Fact]
    public async Task A_search_path_that_leads_to_other_tables_of_the_host_is_another_place()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await database.ExecuteAsync("CREATE SCHEMA other; CREATE TABLE other.ledger (LIKE public.ledger INCLUDING ALL)");
        var other = $"Search Path=other,public;{database.ConnectionString}";
        await using var app = new Spelling(o => o.UseNpgsql(database.ConnectionString), o => o.UseNpgsql(other));

        await app.AssertAreTwoAsync();

        await AssertNothingAppliedAsync(database);
    }

    [Fact]
    public async Task A_session_that_was_set_to_another_search_path_is_another_place()
    {
        await using var database = await WithTwoSchemasAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SET search_path = other", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var app = new Spelling(o => o.UseNpgsql(connection), o => o.UseNpgsql(database.ConnectionString));

        await app.AssertAreTwoAsync();

        Assert.Equal("submitted", await database.ScalarAsync("SELECT state FROM other.work_orders"));
        await AssertNothingAppliedAsync(database);
    }

    /// <summary>A second connection would wait for ever where the pool has one only.</summary>
    [Fact]
    public async Task In_a_transaction_of_the_callers_its_connection_says_where_it_leads()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var options = new DbContextOptionsBuilder<ShopContext>();
        options.UseNpgsql($"Maximum Pool Size=1;Timeout=1;{app.Database.ConnectionString}").UseWorkManager().AmongManyKinds();
        await using var caller = new ShopContext(options.Options);
        await using var transaction = await caller.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);

        var order = await app.Requester.In(caller).ProposeAsync(new EchoPayload("joined"), cancellationToken: TestContext.Current.CancellationToken);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(OrderState.Queued, (await app.OrderAsync(order.Id)).State);
    }

    [Fact]
    public async Task A_copy_is_another_database()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var copy = await databases.CreateAsync(ShopApp.Migrated);
        await using var app = new Spelling(o => o.UseNpgsql(database.ConnectionString), o => o.UseNpgsql(copy.ConnectionString));

        await app.AssertAreTwoAsync();

        Assert.Equal(0L, await copy.ScalarAsync("SELECT count(*) FROM ledger"));
        Assert.Equal("submitted", await database.ScalarAsync("SELECT state FROM work_orders"));
    }

    private async Task<TestDatabase> WithTwoSchemasAsync()
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await database.ExecuteAsync("CREATE SCHEMA other");
        var text = $"Search Path=other;{database.ConnectionString}";
        var options = new DbContextOptionsBuilder<ShopContext>();
        options.UseNpgsql(text).UseWorkManager().AmongManyKinds().ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
        await using (var shop = new ShopContext(options.Options))
        {
            await shop.Database.MigrateAsync();
            await shop.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        }

        return database;
    }

    private static async Task AssertNothingAppliedAsync(TestDatabase database)
    {
        foreach (var table in (string[])["public.ledger", "other.ledger", "public.work_decisions"])
        {
            Assert.Equal(0L, await database.ScalarAsync($"SELECT count(*) FROM {table}"));
        }
    }
}
