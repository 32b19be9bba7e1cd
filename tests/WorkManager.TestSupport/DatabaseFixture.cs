namespace WorkManager.TestSupport;

/// <summary>
/// Gives each test its own database. An abstract <c>XxxSpecification(DatabaseFixture databases)</c> holds the promises, and one
/// sealed class a provider runs them:
/// <code>
/// public sealed class XxxOnSqlite(SqliteFixture databases) : XxxSpecification(databases), IOnSqlite;
/// public sealed class XxxOnPostgreSql(PostgreSqlFixture databases) : XxxSpecification(databases), IOnPostgreSql;
/// </code>
/// </summary>
public abstract class DatabaseFixture
{
    public abstract Provider Provider { get; }

    /// <summary>A fresh copy of <paramref name="template"/>, empty without one. The test disposes it.</summary>
    public abstract Task<TestDatabase> CreateAsync(DatabaseTemplate? template = null);
}

public sealed class SqliteFixture : DatabaseFixture
{
    public override Provider Provider => Provider.Sqlite;

    public override async Task<TestDatabase> CreateAsync(DatabaseTemplate? template = null)
    {
        var source = await (template ?? DatabaseTemplate.Empty).GetOrPrepareAsync(Provider, async () => await SqliteTestDatabase.CreateAsync());
        return ((SqliteTestDatabase)source).Copy();
    }
}

public sealed class PostgreSqlFixture : DatabaseFixture
{
    public override Provider Provider => Provider.PostgreSql;

    /// <summary>Ends a test that needs PostgreSQL where there is none.</summary>
    public static void SkipWithoutServer()
    {
        if (PostgreSqlServer.Unavailable is not { } reason)
        {
            return;
        }

        // A developer without PostgreSQL may run the rest. A build server may not: half of the promises would go unproved.
        if (Ci.IsCi)
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }

    public override async Task<TestDatabase> CreateAsync(DatabaseTemplate? template = null)
    {
        SkipWithoutServer();
        if (template is null)
        {
            return await PostgreSqlTestDatabase.CreateAsync(await PostgreSqlCluster.GetAsync());
        }

        var source = await template.GetOrPrepareAsync(Provider, async () => await PostgreSqlTestDatabase.CreateAsync(await PostgreSqlCluster.GetAsync()));
        return await ((PostgreSqlTestDatabase)source).CopyAsync();
    }
}
