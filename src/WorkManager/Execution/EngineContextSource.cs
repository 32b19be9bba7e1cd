using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace WorkManager.Execution;

/// <summary>Makes the engine's contexts for one set of options.</summary>
internal sealed class EngineContextSource(DbContextOptions<WorkManagerDbContext> options)
{
    private PooledDbContextFactory<WorkManagerDbContext>? pool;
    private bool isUsed;

    /// <summary>A context on a connection of its own, or on the one that the host gave as an object.</summary>
    public WorkManagerDbContext Open()
    {
        // Options that belong to one scope are mostly used once: the pool is made at the second use.
        pool ??= isUsed ? new PooledDbContextFactory<WorkManagerDbContext>(options) : null;
        isUsed = true;
        return pool?.CreateDbContext() ?? OpenOwn();
    }

    /// <summary>A context that may be given another connection. It never goes back into a pool.</summary>
    public WorkManagerDbContext OpenOwn() => new(options);
}
