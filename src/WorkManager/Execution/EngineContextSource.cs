using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace WorkManager.Execution;

/// <summary>Contexts of the engine that are made by the same options.</summary>
internal sealed class EngineContextSource(DbContextOptions<WorkManagerDbContext> options)
{
    private PooledDbContextFactory<WorkManagerDbContext>? pool;
    private bool isUsed;

    /// <summary>A context on a connection of its own, or on the one that the host gave as an object.</summary>
    public WorkManagerDbContext Open()
    {
        // Options that are used once, as those of a scope mostly are, are not worth a pool.
        pool ??= isUsed ? new PooledDbContextFactory<WorkManagerDbContext>(options) : null;
        isUsed = true;
        return pool?.CreateDbContext() ?? OpenOwn();
    }

    /// <summary>A context that may be given a connection: it goes back into no pool.</summary>
    public WorkManagerDbContext OpenOwn() => new(options);
}
