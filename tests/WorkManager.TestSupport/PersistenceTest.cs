using System.Diagnostics.CodeAnalysis;

namespace WorkManager.TestSupport;

/// <summary>Marks a class whose tests run on one of the databases, so that they are counted and compared.</summary>
[SuppressMessage("Design", "CA1040", Justification = "Static type information: the runner's results name classes, not instances.")]
public interface IPersistenceTest;

/// <summary>The tests of this class run on SQLite.</summary>
public interface IOnSqlite : IPersistenceTest, IClassFixture<SqliteFixture>;

/// <summary>The tests of this class run on PostgreSQL.</summary>
public interface IOnPostgreSql : IPersistenceTest, IClassFixture<PostgreSqlFixture>;

public static class PersistenceTest
{
    /// <summary>The database on which the tests of <paramref name="testClass"/> run; null when they need none.</summary>
    public static Provider? ProviderOf(Type testClass) =>
        testClass.IsAssignableTo(typeof(IOnSqlite)) ? Provider.Sqlite
        : testClass.IsAssignableTo(typeof(IOnPostgreSql)) ? Provider.PostgreSql
        : null;
}
