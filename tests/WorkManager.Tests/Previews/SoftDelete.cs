using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Tests.Previews;

/// <summary>An application whose articles are never deleted, but renamed.</summary>
internal sealed class SoftDelete : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        foreach (var entry in eventData.Context!.ChangeTracker.Entries<Article>().Where(e => e.State == EntityState.Deleted).ToList())
        {
            entry.State = EntityState.Unchanged;
            entry.Entity.Name += " (deleted)";
        }

        return ValueTask.FromResult(result);
    }
}
