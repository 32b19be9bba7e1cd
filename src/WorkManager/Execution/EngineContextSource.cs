using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace WorkManager.Execution;

/// <summary>Makes the engine's contexts for one set of options.</summary>
internal sealed class EngineContextSource(DbContextOptions<WorkManagerDbContext> options)
{
    private readonly DbConnection? given = RelationalOptionsExtension.Extract(options).Connection;
    private PooledDbContextFactory<WorkManagerDbContext>? pool;
    private string? connectionString;
    private bool isUsed;

    /// <summary>A context on a connection of its own, or on the one that the host gave as an object.</summary>
    public WorkManagerDbContext Open()
    {
        // Options that belong to one scope are mostly used once: the pool is made at the second use.
        pool ??= isUsed ? new PooledDbContextFactory<WorkManagerDbContext>(options) : null;
        isUsed = true;
        return pool?.CreateDbContext() ?? OpenOwn();
    }

    /// <summary>Whether a host's context still has the connection of its options: it may have been given another one, or another connection string.</summary>
    public bool HasConnectionOf(DbContext host)
    {
        if (given is not null)
        {
            return ReferenceEquals(host.Database.GetDbConnection(), given);
        }

        connectionString ??= ReadConnectionString();
        return (host.Database.GetConnectionString() ?? "") == connectionString;
    }

    /// <summary>A context that may be given another connection. It never goes back into a pool.</summary>
    public WorkManagerDbContext OpenOwn() => new(options);

    // What a context says that was just made: the options may name the connection string, or may have a data source instead.
    private string ReadConnectionString()
    {
        using var db = OpenOwn();
        return db.Database.GetConnectionString() ?? "";
    }
}
