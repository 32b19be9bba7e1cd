using System.Data.Common;

namespace WorkManager.Tests.Support;

/// <summary>What every other specification takes for granted about its database.</summary>
public abstract class DatabaseFixtureSpecification(DatabaseFixture databases)
{
    private static int prepared;

    private static readonly DatabaseTemplate WithOneRow = new(async database =>
    {
        Interlocked.Increment(ref prepared);
        await database.ExecuteAsync("CREATE TABLE probe (id integer NOT NULL)");
        await database.ExecuteAsync("INSERT INTO probe VALUES (1)");
    });

    [Fact]
    public async Task A_test_gets_a_copy_that_no_other_test_sees()
    {
        await using var first = await databases.CreateAsync(WithOneRow);
        await using var second = await databases.CreateAsync(WithOneRow);

        await first.ExecuteAsync("INSERT INTO probe VALUES (2)");

        Assert.Equal(2L, await first.ScalarAsync("SELECT count(*) FROM probe"));
        Assert.Equal(1L, await second.ScalarAsync("SELECT count(*) FROM probe"));
    }

    [Fact]
    public async Task A_template_is_prepared_once_a_provider()
    {
        var copies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => databases.CreateAsync(WithOneRow)));

        foreach (var copy in copies)
        {
            await copy.DisposeAsync();
        }

        Assert.InRange(prepared, 1, Enum.GetValues<Provider>().Length);
    }

    [Fact]
    public async Task A_template_may_leave_connections_open()
    {
        DbConnection? left = null;
        var template = new DatabaseTemplate(async database =>
        {
            await database.ExecuteAsync("CREATE TABLE probe (id integer NOT NULL)");
            left = await database.OpenConnectionAsync();
        });

        await using var copy = await databases.CreateAsync(template);
        await using var _ = left;

        Assert.Equal(0L, await copy.ScalarAsync("SELECT count(*) FROM probe"));
    }

    [Fact]
    public async Task A_database_is_of_the_provider_that_its_fixture_names()
    {
        await using var database = await databases.CreateAsync();

        Assert.Equal(databases.Provider, database.Provider);
        Assert.Equal(databases.Provider, PersistenceTest.ProviderOf(GetType()));
    }
}

public sealed class DatabaseFixtureOnSqlite(SqliteFixture databases) : DatabaseFixtureSpecification(databases), IOnSqlite;

public sealed class DatabaseFixtureOnPostgreSql(PostgreSqlFixture databases) : DatabaseFixtureSpecification(databases), IOnPostgreSql;
