using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace WorkManager.Execution;

/// <summary>Makes the engine's contexts for one set of options.</summary>
internal sealed class EngineContextSource(DbContextOptions<WorkManagerDbContext> options)
{
    private readonly DbConnection? given = RelationalOptionsExtension.Extract(options).Connection;
    private PooledDbContextFactory<WorkManagerDbContext>? pool;
    private (string ConnectionString, string DataSource, string Database)? place;
    private bool isUsed;

    /// <summary>A context on a connection of its own, or on the one that the host gave as an object.</summary>
    public WorkManagerDbContext Open()
    {
        // Options that belong to one scope are mostly used once: the pool is made at the second use.
        pool ??= isUsed ? new PooledDbContextFactory<WorkManagerDbContext>(options) : null;
        isUsed = true;
        var db = pool?.CreateDbContext() ?? OpenOwn();
        db.IsOnGivenConnection = given is not null;
        return db;
    }

    /// <summary>Whether a host's context still has the connection of its options: it may have been given another one, or another connection string.</summary>
    public bool HasConnectionOf(DbContext host, IStoreDialect dialect)
    {
        if (given is not null)
        {
            return ReferenceEquals(host.Database.GetDbConnection(), given);
        }

        var (connectionString, dataSource, database) = place ??= ReadPlace();
        if (!AreAlike(host.Database.GetConnectionString() ?? "", connectionString))
        {
            return false;
        }

        // A data source answers for the connection string, also after the context was given a connection.
        return connectionString.Length == 0 || dialect.IsTo(host.Database.GetDbConnection(), dataSource, database);
    }

    /// <summary>A context that may be given another connection. It never goes back into a pool.</summary>
    public WorkManagerDbContext OpenOwn() => new(options) { IsOnGivenConnection = given is not null };

    // What a context says that was just made: the options may name the connection string, or may have a data source instead.
    private (string ConnectionString, string DataSource, string Database) ReadPlace()
    {
        using var db = OpenOwn();
        var connectionString = db.Database.GetConnectionString() ?? "";
        if (connectionString.Length == 0)
        {
            return ("", "", "");
        }

        var connection = db.Database.GetDbConnection();
        return (connectionString, connection.DataSource, connection.Database);
    }

    /// <summary>Whether two connection strings are equal but for the password, which drivers leave out of what they tell.</summary>
    private static bool AreAlike(string one, string other) => one == other || WithoutPassword(one).EquivalentTo(WithoutPassword(other));

    private static DbConnectionStringBuilder WithoutPassword(string connectionString)
    {
        var builder = new DbConnectionStringBuilder();
        try
        {
            builder.ConnectionString = connectionString;
            foreach (var password in (string[])["Password", "PWD", "PSW"])
            {
                builder.Remove(password);
            }
        }
        catch (ArgumentException)
        {
            // Not of the usual form: it is compared as it is.
            builder["text"] = connectionString;
        }

        return builder;
    }
}
