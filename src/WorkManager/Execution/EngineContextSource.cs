using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace WorkManager.Execution;

/// <summary>Makes the engine's contexts for one set of options. Whoever gets one says which connection it has.</summary>
internal sealed class EngineContextSource(DbContextOptions<WorkManagerDbContext> options)
{
    private PooledDbContextFactory<WorkManagerDbContext>? pool;
    private bool isUsed;

    /// <summary>A context that goes back into a pool when it is disposed. It must get a connection of its own.</summary>
    public WorkManagerDbContext Rent()
    {
        // Options that belong to one scope are mostly used once: the pool is made at the second use.
        pool ??= isUsed ? new PooledDbContextFactory<WorkManagerDbContext>(options) : null;
        isUsed = true;
        return pool?.CreateDbContext() ?? Create();
    }

    /// <summary>A context that may get a connection of somebody else. It never goes into a pool.</summary>
    public WorkManagerDbContext Create() => new(options);
}
